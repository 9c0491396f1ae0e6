-- Looks at the register that found nothing to ask: of which contract, as of which versions of it and its practice, and until
-- when time alone changes nothing. Instants are microseconds; whatever is missing is looked at anew.
CREATE TABLE register_look (
    contract_id text COLLATE "C" PRIMARY KEY,
    looked_at bigint NOT NULL,
    turns_at bigint NOT NULL,
    contract_version integer NOT NULL,
    practice text COLLATE "C",
    practice_version integer NOT NULL,
    policy_position bigint NOT NULL,
    rules integer NOT NULL
);
