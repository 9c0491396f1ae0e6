-- Instants are integer microseconds since 1970-01-01T00:00:00Z. Facts, context and explanation are bytes (UTF-8 JSON).

CREATE TABLE log (
    position bigint PRIMARY KEY,
    stream_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    topic text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    occurred_at bigint,
    recorded_at bigint NOT NULL,
    context bytea,
    explanation bytea CONSTRAINT log_explanation_fits CHECK (length(explanation) <= 16384),
    CONSTRAINT log_recorded_after_it_occurred CHECK (recorded_at >= occurred_at),
    CONSTRAINT log_stream_version UNIQUE (stream_id, version)
);

CREATE TABLE tracking (
    name text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL
);

CREATE FUNCTION contractspoor_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: nothing recorded is ever changed or deleted; correct a fact by appending FactCorrected'
        USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER log_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON log
    FOR EACH STATEMENT EXECUTE FUNCTION contractspoor_refuse_change();

-- Writers of the log take this lock until their transaction ends; a question takes it shared, to wait for them.
CREATE FUNCTION contractspoor_lock() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 7377432815046127';

-- Appends rows in one commit, and answers the first position and the instant at which all were recorded.
-- Both are taken inside the lock, so that they rise in the order of commits.
-- set_instant is for scenarios and simulations only; without it the database's own clock counts.
-- Raises CS001 when the service's clock, or an instant at which something is said to have occurred, is over a second ahead.
CREATE FUNCTION contractspoor_append(
    stream_ids text[], versions integer[], topics text[], states bytea[], occurred_ats bigint[],
    contexts bytea[], explanations bytea[], service_now bigint, set_instant bigint
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    recorded bigint;
    clock bigint;
    latest bigint := occurred_ats[1];
BEGIN
    PERFORM pg_advisory_xact_lock(contractspoor_lock());
    SELECT log.position, log.recorded_at INTO head, recorded FROM log ORDER BY log.position DESC LIMIT 1;
    head := coalesce(head, 0);
    clock := coalesce(set_instant, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    IF cardinality(stream_ids) > 1 THEN
        SELECT max(instant) INTO latest FROM unnest(occurred_ats) AS instant;
    END IF;
    IF greatest(service_now, latest) > clock + 1000000 THEN
        RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = (greatest(service_now, latest) - clock)::text;
    END IF;
    recorded := greatest(clock, recorded + 1, latest);
    -- most commits hold a single row, and taking arrays apart costs a tenth of them
    IF cardinality(stream_ids) = 1 THEN
        INSERT INTO log (position, stream_id, version, topic, state, occurred_at, recorded_at, context, explanation)
        VALUES (head + 1, stream_ids[1], versions[1], topics[1], states[1], occurred_ats[1], recorded, contexts[1],
                explanations[1]);
    ELSE
        INSERT INTO log (position, stream_id, version, topic, state, occurred_at, recorded_at, context, explanation)
        SELECT head + added.number, added.stream_id, added.version, added.topic, added.state, added.occurred_at,
               recorded, added.context, added.explanation
        FROM unnest(stream_ids, versions, topics, states, occurred_ats, contexts, explanations) WITH ORDINALITY
            AS added (stream_id, version, topic, state, occurred_at, context, explanation, number);
    END IF;
    NOTIFY contractspoor_log;
    RETURN ARRAY[head + 1, recorded];
END;
$$;

-- The head of the log and the clock, read when no writer is in flight.
CREATE FUNCTION contractspoor_settled(OUT now_at bigint, OUT head bigint, OUT head_recorded_at bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(contractspoor_lock());
    SELECT log.position, log.recorded_at INTO head, head_recorded_at FROM log ORDER BY log.position DESC LIMIT 1;
    head := coalesce(head, 0);
    head_recorded_at := coalesce(head_recorded_at, 0);
    now_at := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
END;
$$;
