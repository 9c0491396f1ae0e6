-- What leaves the system: one row for each message to each recipient, with what became of it. Instants are microseconds.
CREATE TABLE delivery (
    id text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    purchaser text COLLATE "C" NOT NULL,
    stream_id text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    correlation_id text COLLATE "C" NOT NULL,
    message bytea NOT NULL,
    created_at bigint NOT NULL,
    state text COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    due_at bigint NOT NULL,
    sent_at bigint,
    error text COLLATE "C"
);

CREATE INDEX delivery_order ON delivery (position, id);
CREATE INDEX delivery_waiting ON delivery (position, id) WHERE state = 'waiting';
CREATE INDEX delivery_of_contract ON delivery (stream_id, position, id);
CREATE INDEX delivery_by_state ON delivery (state, position, id);

-- Nobody gets a letter about what was recorded before there were letters.
INSERT INTO tracking (name, position) SELECT 'outbox', max(position) FROM log HAVING max(position) > 0;
