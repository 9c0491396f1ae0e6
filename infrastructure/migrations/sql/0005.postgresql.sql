-- Read models: what stands here is a function of the log, and can be made anew from it (contractspoor readmodels rebuild).
-- Instants are integer microseconds since 1970-01-01T00:00:00Z, days are ISO text.

-- Every contract as it stands now: a row for each stretch of time from its last fact on, which time alone ends.
CREATE TABLE contract_overview (
    contract_id text COLLATE "C" NOT NULL,
    at_from bigint NOT NULL,
    at_to bigint NOT NULL,
    purchaser text COLLATE "C" NOT NULL,
    agb text COLLATE "C" NOT NULL,
    care_type text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    attempt integer NOT NULL,
    entitled_tier text COLLATE "C",
    offered_tier text COLLATE "C",
    due_on text COLLATE "C",
    reasons text COLLATE "C" NOT NULL,
    open_reviews integer NOT NULL,
    changed_at bigint NOT NULL,
    changed_position bigint NOT NULL,
    PRIMARY KEY (contract_id, at_from)
);
CREATE INDEX contract_overview_agb ON contract_overview (agb);
CREATE INDEX contract_overview_status ON contract_overview (purchaser, status, contract_id);
CREATE INDEX contract_overview_changed ON contract_overview (purchaser, changed_position);

-- What the register calls each practice now.
CREATE TABLE practice (
    agb text COLLATE "C" PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    searched text COLLATE "C" NOT NULL,
    city text COLLATE "C" NOT NULL
);
CREATE INDEX practice_searched ON practice (searched, agb);

-- What waits for a person; until is when it ceases by itself, because the procedure ends.
CREATE TABLE contract_work (
    contract_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    item text COLLATE "C" NOT NULL,
    about text COLLATE "C" NOT NULL,
    since bigint NOT NULL,
    due_on text COLLATE "C",
    until bigint NOT NULL,
    purchaser text COLLATE "C" NOT NULL,
    agb text COLLATE "C" NOT NULL,
    care_type text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    PRIMARY KEY (contract_id, kind, item)
);
CREATE INDEX contract_work_since ON contract_work (purchaser, since, contract_id);

-- What falls due by time alone: due_at is the first instant at which a tick records it, until the first at which it no
-- longer does.
CREATE TABLE contract_deadline (
    contract_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    due_at bigint NOT NULL,
    until bigint NOT NULL,
    purchaser text COLLATE "C" NOT NULL,
    agb text COLLATE "C" NOT NULL,
    care_type text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    PRIMARY KEY (contract_id, kind)
);
CREATE INDEX contract_deadline_due ON contract_deadline (due_at, contract_id);

-- The runs of rounds; without finished_at one was interrupted, or still goes on.
CREATE TABLE round_run (
    policy_id text COLLATE "C" NOT NULL,
    day text COLLATE "C" NOT NULL,
    run integer NOT NULL,
    care_types text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    started_at bigint NOT NULL,
    finished_at bigint,
    counts text COLLATE "C" NOT NULL,
    PRIMARY KEY (policy_id, day, run)
);

-- Where in the log the facts of a practice, an actor, a policy or a cause stand.
CREATE TABLE audit_entry (
    position bigint PRIMARY KEY,
    purchaser text COLLATE "C",
    agb text COLLATE "C",
    actor text COLLATE "C",
    on_behalf_of text COLLATE "C",
    policy_id text COLLATE "C",
    policy_position bigint,
    occurred_at bigint,
    recorded_at bigint NOT NULL,
    caused_by text COLLATE "C",
    correlation_id text COLLATE "C"
);
CREATE INDEX audit_entry_agb ON audit_entry (agb, position) WHERE agb IS NOT NULL;
CREATE INDEX audit_entry_actor ON audit_entry (actor, position) WHERE actor IS NOT NULL;
CREATE INDEX audit_entry_on_behalf_of ON audit_entry (on_behalf_of, position) WHERE on_behalf_of IS NOT NULL;
CREATE INDEX audit_entry_policy_id ON audit_entry (policy_id, position) WHERE policy_id IS NOT NULL;
CREATE INDEX audit_entry_occurred_at ON audit_entry (occurred_at, position) WHERE occurred_at IS NOT NULL;
CREATE INDEX audit_entry_caused_by ON audit_entry (caused_by, position) WHERE caused_by IS NOT NULL;
CREATE INDEX audit_entry_correlation_id ON audit_entry (correlation_id, position) WHERE correlation_id IS NOT NULL;
