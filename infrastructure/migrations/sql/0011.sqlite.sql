-- Looks at the register that found nothing to ask: of which contract, as of which versions of it and its practice, and until
-- when time alone changes nothing. Instants are microseconds; whatever is missing is looked at anew.
CREATE TABLE register_look (
    contract_id TEXT PRIMARY KEY,
    looked_at INTEGER NOT NULL,
    turns_at INTEGER NOT NULL,
    contract_version INTEGER NOT NULL,
    practice TEXT,
    practice_version INTEGER NOT NULL,
    policy_position INTEGER NOT NULL,
    rules INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
