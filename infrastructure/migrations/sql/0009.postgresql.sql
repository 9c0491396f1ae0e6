-- A contract may have several reminders ahead: the instant belongs to the key. The model is made anew when it is next used.
DROP TABLE contract_deadline;
CREATE TABLE contract_deadline (
    contract_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    due_at bigint NOT NULL,
    until bigint NOT NULL,
    purchaser text COLLATE "C" NOT NULL,
    agb text COLLATE "C" NOT NULL,
    care_type text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    PRIMARY KEY (contract_id, kind, due_at)
);
CREATE INDEX contract_deadline_due ON contract_deadline (due_at, contract_id, kind);
DELETE FROM read_model WHERE name = 'contract_deadline';
DELETE FROM tracking WHERE name = 'contract_deadline';

-- What was due and could not be carried out; without next_try_at it was given up. Instants are microseconds.
CREATE TABLE due_failure (
    subject text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    due_at bigint NOT NULL,
    attempts integer NOT NULL,
    failed_at bigint NOT NULL,
    next_try_at bigint,
    error text COLLATE "C" NOT NULL,
    PRIMARY KEY (subject, kind, due_at)
);
