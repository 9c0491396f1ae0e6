-- What leaves the system: one row for each message to each recipient, with what became of it. Instants are microseconds.
CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    purchaser TEXT NOT NULL,
    stream_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    message BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    sent_at INTEGER,
    error TEXT
) STRICT;

CREATE INDEX delivery_order ON delivery (position, id);
CREATE INDEX delivery_waiting ON delivery (position, id) WHERE state = 'waiting';
CREATE INDEX delivery_of_contract ON delivery (stream_id, position, id);
CREATE INDEX delivery_by_state ON delivery (state, position, id);

-- Nobody gets a letter about what was recorded before there were letters.
INSERT INTO tracking (name, position) SELECT 'outbox', max(position) FROM log HAVING max(position) > 0;
