-- Who read out what. Instants are integer microseconds since 1970-01-01T00:00:00Z; no purchaser means the facts of all.
CREATE TABLE access_log (
    number bigint PRIMARY KEY,
    accessed_at bigint NOT NULL,
    reader text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    purchaser text,
    known_at bigint NOT NULL,
    position bigint NOT NULL
);

CREATE FUNCTION contractspoor_refuse_change_of_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only: nothing recorded is ever changed or deleted'
        USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER access_log_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION contractspoor_refuse_change_of_access();
