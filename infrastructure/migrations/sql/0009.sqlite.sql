-- A contract may have several reminders ahead: the instant belongs to the key. The model is made anew when it is next used.
DROP TABLE contract_deadline;
CREATE TABLE contract_deadline (
    contract_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    purchaser TEXT NOT NULL,
    agb TEXT NOT NULL,
    care_type TEXT NOT NULL,
    period TEXT NOT NULL,
    PRIMARY KEY (contract_id, kind, due_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX contract_deadline_due ON contract_deadline (due_at, contract_id, kind);
DELETE FROM read_model WHERE name = 'contract_deadline';
DELETE FROM tracking WHERE name = 'contract_deadline';

-- What was due and could not be carried out; without next_try_at it was given up. Instants are microseconds.
CREATE TABLE due_failure (
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    next_try_at INTEGER,
    error TEXT NOT NULL,
    PRIMARY KEY (subject, kind, due_at)
) STRICT, WITHOUT ROWID;
