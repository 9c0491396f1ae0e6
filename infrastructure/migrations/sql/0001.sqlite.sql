-- Instants are integer microseconds since 1970-01-01T00:00:00Z. Facts, context and explanation are bytes (UTF-8 JSON).

CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    stream_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    occurred_at INTEGER,
    recorded_at INTEGER NOT NULL,
    context BLOB,
    explanation BLOB CONSTRAINT log_explanation_fits CHECK (length(explanation) <= 16384),
    CONSTRAINT log_recorded_after_it_occurred CHECK (recorded_at >= occurred_at),
    CONSTRAINT log_stream_version UNIQUE (stream_id, version)
) STRICT;

CREATE TABLE tracking (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER log_refuses_update BEFORE UPDATE ON log
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: nothing recorded is ever changed; correct a fact by appending FactCorrected');
END;

CREATE TRIGGER log_refuses_delete BEFORE DELETE ON log
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: nothing recorded is ever deleted; correct a fact by appending FactCorrected');
END;
