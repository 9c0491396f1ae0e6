-- Half-open log positions known_from..known_to; 9223372036854775807 is "still". Instants are integer microseconds since
-- 1970-01-01T00:00:00Z, days are ISO text; 9999-12-31 is a day_to that is open.

-- Where the procedure stood, from at_from until the next row of the contract that is known.
CREATE TABLE procedure (
    purchaser text COLLATE "C" NOT NULL,
    agb text COLLATE "C" NOT NULL,
    care_type text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    at_from bigint NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL,
    status text COLLATE "C" NOT NULL,
    attempt integer NOT NULL,
    entitled_tier text COLLATE "C",
    offered_tier text COLLATE "C",
    due_on text COLLATE "C",
    reasons text,
    PRIMARY KEY (purchaser, agb, care_type, period, at_from, known_from)
);

CREATE INDEX procedure_status ON procedure (purchaser, status, agb, care_type, period, at_from, known_from, known_to);

-- What held in law on the days day_from..day_to (half-open) on which the contract is in force or listed.
CREATE TABLE legal_position (
    purchaser text COLLATE "C" NOT NULL,
    agb text COLLATE "C" NOT NULL,
    care_type text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    day_from text COLLATE "C" NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL,
    day_to text COLLATE "C" NOT NULL,
    in_force integer NOT NULL,
    attempt integer NOT NULL,
    term_start text COLLATE "C",
    term_end text COLLATE "C",
    tier text COLLATE "C",
    tier_from text COLLATE "C",
    selective text COLLATE "C" NOT NULL,
    listed integer NOT NULL,
    listed_from bigint,
    PRIMARY KEY (purchaser, agb, care_type, period, day_from, known_from)
);

-- The few spans of days that rows have are found by skipping from one to the next; within a span, rows stand in order.
CREATE INDEX legal_position_tier
    ON legal_position (purchaser, tier, care_type, day_from, day_to, agb, period, known_from, known_to);

-- Which practice a code of the register means: its own, or that of one of its locations on some days.
CREATE TABLE practice_code (
    code text COLLATE "C" NOT NULL,
    agb text COLLATE "C" NOT NULL,
    day_from text COLLATE "C" NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL,
    day_to text COLLATE "C" NOT NULL,
    PRIMARY KEY (code, agb, day_from, known_from)
);
