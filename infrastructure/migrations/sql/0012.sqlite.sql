-- Of which request a job is: what it records, or the start of its round, carries the same correlation id.
ALTER TABLE job ADD COLUMN correlation_id TEXT;
