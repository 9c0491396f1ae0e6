-- Half-open log positions known_from..known_to; 9223372036854775807 is "still". Instants are integer microseconds since
-- 1970-01-01T00:00:00Z, days are ISO text; 9999-12-31 is a day_to that is open.

-- Where the procedure stood, from at_from until the next row of the contract that is known.
CREATE TABLE procedure (
    purchaser TEXT NOT NULL,
    agb TEXT NOT NULL,
    care_type TEXT NOT NULL,
    period TEXT NOT NULL,
    at_from INTEGER NOT NULL,
    known_from INTEGER NOT NULL,
    known_to INTEGER NOT NULL,
    status TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    entitled_tier TEXT,
    offered_tier TEXT,
    due_on TEXT,
    reasons TEXT,
    PRIMARY KEY (purchaser, agb, care_type, period, at_from, known_from)
) STRICT, WITHOUT ROWID;

CREATE INDEX procedure_status ON procedure (purchaser, status, agb, care_type, period, at_from, known_from, known_to);

-- What held in law on the days day_from..day_to (half-open) on which the contract is in force or listed.
CREATE TABLE legal_position (
    purchaser TEXT NOT NULL,
    agb TEXT NOT NULL,
    care_type TEXT NOT NULL,
    period TEXT NOT NULL,
    day_from TEXT NOT NULL,
    known_from INTEGER NOT NULL,
    known_to INTEGER NOT NULL,
    day_to TEXT NOT NULL,
    in_force INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    term_start TEXT,
    term_end TEXT,
    tier TEXT,
    tier_from TEXT,
    selective TEXT NOT NULL,
    listed INTEGER NOT NULL,
    listed_from INTEGER,
    PRIMARY KEY (purchaser, agb, care_type, period, day_from, known_from)
) STRICT, WITHOUT ROWID;

-- The few spans of days that rows have are found by skipping from one to the next; within a span, rows stand in order.
CREATE INDEX legal_position_tier
    ON legal_position (purchaser, tier, care_type, day_from, day_to, agb, period, known_from, known_to);

-- Which practice a code of the register means: its own, or that of one of its locations on some days.
CREATE TABLE practice_code (
    code TEXT NOT NULL,
    agb TEXT NOT NULL,
    day_from TEXT NOT NULL,
    known_from INTEGER NOT NULL,
    known_to INTEGER NOT NULL,
    day_to TEXT NOT NULL,
    PRIMARY KEY (code, agb, day_from, known_from)
) STRICT, WITHOUT ROWID;
