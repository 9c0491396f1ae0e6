-- Who read out what. Instants are integer microseconds since 1970-01-01T00:00:00Z; no purchaser means the facts of all.
CREATE TABLE access_log (
    number INTEGER PRIMARY KEY,
    accessed_at INTEGER NOT NULL,
    reader TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    purchaser TEXT,
    known_at INTEGER NOT NULL,
    position INTEGER NOT NULL
) STRICT;

CREATE TRIGGER access_log_refuses_update BEFORE UPDATE ON access_log
BEGIN
    SELECT RAISE(ABORT, 'the access log is append-only: nothing recorded is ever changed');
END;

CREATE TRIGGER access_log_refuses_delete BEFORE DELETE ON access_log
BEGIN
    SELECT RAISE(ABORT, 'the access log is append-only: nothing recorded is ever deleted');
END;

CREATE TRIGGER access_log_refuses_replacement BEFORE INSERT ON access_log
WHEN EXISTS (SELECT 1 FROM access_log WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'the access log is append-only: this number is taken; nothing recorded is ever replaced');
END;
