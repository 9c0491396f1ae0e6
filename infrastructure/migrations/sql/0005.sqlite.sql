-- Read models: what stands here is a function of the log, and can be made anew from it (contractspoor readmodels rebuild).
-- Instants are integer microseconds since 1970-01-01T00:00:00Z, days are ISO text.

-- Every contract as it stands now: a row for each stretch of time from its last fact on, which time alone ends.
CREATE TABLE contract_overview (
    contract_id TEXT NOT NULL,
    at_from INTEGER NOT NULL,
    at_to INTEGER NOT NULL,
    purchaser TEXT NOT NULL,
    agb TEXT NOT NULL,
    care_type TEXT NOT NULL,
    period TEXT NOT NULL,
    status TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    entitled_tier TEXT,
    offered_tier TEXT,
    due_on TEXT,
    reasons TEXT NOT NULL,
    open_reviews INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_position INTEGER NOT NULL,
    PRIMARY KEY (contract_id, at_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX contract_overview_agb ON contract_overview (agb);
CREATE INDEX contract_overview_status ON contract_overview (purchaser, status, contract_id);
CREATE INDEX contract_overview_changed ON contract_overview (purchaser, changed_position);

-- What the register calls each practice now.
CREATE TABLE practice (
    agb TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    searched TEXT NOT NULL,
    city TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX practice_searched ON practice (searched, agb);

-- What waits for a person; until is when it ceases by itself, because the procedure ends.
CREATE TABLE contract_work (
    contract_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    item TEXT NOT NULL,
    about TEXT NOT NULL,
    since INTEGER NOT NULL,
    due_on TEXT,
    until INTEGER NOT NULL,
    purchaser TEXT NOT NULL,
    agb TEXT NOT NULL,
    care_type TEXT NOT NULL,
    period TEXT NOT NULL,
    PRIMARY KEY (contract_id, kind, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX contract_work_since ON contract_work (purchaser, since, contract_id);

-- What falls due by time alone: due_at is the first instant at which a tick records it, until the first at which it no
-- longer does.
CREATE TABLE contract_deadline (
    contract_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    purchaser TEXT NOT NULL,
    agb TEXT NOT NULL,
    care_type TEXT NOT NULL,
    period TEXT NOT NULL,
    PRIMARY KEY (contract_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX contract_deadline_due ON contract_deadline (due_at, contract_id);

-- The runs of rounds; without finished_at one was interrupted, or still goes on.
CREATE TABLE round_run (
    policy_id TEXT NOT NULL,
    day TEXT NOT NULL,
    run INTEGER NOT NULL,
    care_types TEXT NOT NULL,
    actor TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    counts TEXT NOT NULL,
    PRIMARY KEY (policy_id, day, run)
) STRICT, WITHOUT ROWID;

-- Where in the log the facts of a practice, an actor, a policy or a cause stand.
CREATE TABLE audit_entry (
    position INTEGER PRIMARY KEY,
    purchaser TEXT,
    agb TEXT,
    actor TEXT,
    on_behalf_of TEXT,
    policy_id TEXT,
    policy_position INTEGER,
    occurred_at INTEGER,
    recorded_at INTEGER NOT NULL,
    caused_by TEXT,
    correlation_id TEXT
) STRICT;
CREATE INDEX audit_entry_agb ON audit_entry (agb, position) WHERE agb IS NOT NULL;
CREATE INDEX audit_entry_actor ON audit_entry (actor, position) WHERE actor IS NOT NULL;
CREATE INDEX audit_entry_on_behalf_of ON audit_entry (on_behalf_of, position) WHERE on_behalf_of IS NOT NULL;
CREATE INDEX audit_entry_policy_id ON audit_entry (policy_id, position) WHERE policy_id IS NOT NULL;
CREATE INDEX audit_entry_occurred_at ON audit_entry (occurred_at, position) WHERE occurred_at IS NOT NULL;
CREATE INDEX audit_entry_caused_by ON audit_entry (caused_by, position) WHERE caused_by IS NOT NULL;
CREATE INDEX audit_entry_correlation_id ON audit_entry (correlation_id, position) WHERE correlation_id IS NOT NULL;
