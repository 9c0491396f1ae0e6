-- Work that takes longer than a request: who wants what, how far it is, and what came of it. Instants are microseconds.
CREATE TABLE job (
    id text COLLATE "C" PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    purchaser text COLLATE "C" NOT NULL,
    actor text NOT NULL,
    command_digest text NOT NULL,
    work text NOT NULL,
    state text COLLATE "C" NOT NULL,
    stop_asked integer NOT NULL,
    done bigint NOT NULL,
    total bigint NOT NULL,
    change bigint NOT NULL,
    attempt integer NOT NULL,
    created_at bigint NOT NULL,
    started_at bigint,
    ended_at bigint,
    heard_at bigint,
    result text,
    error text
);

CREATE INDEX job_waiting ON job (created_at, id) WHERE state = 'waiting';
CREATE INDEX job_order ON job (created_at, id);
CREATE INDEX job_of_purchaser ON job (purchaser, created_at, id);

-- The file that a job is about, until the job is done.
CREATE TABLE job_file (
    job_id text COLLATE "C" PRIMARY KEY REFERENCES job (id),
    content bytea NOT NULL
);

-- What is wrong with that file.
CREATE TABLE job_bad_row (
    job_id text COLLATE "C" NOT NULL REFERENCES job (id),
    number bigint NOT NULL,
    line bigint NOT NULL,
    column_name text NOT NULL,
    found text NOT NULL,
    expected text NOT NULL,
    practice text NOT NULL,
    PRIMARY KEY (job_id, number)
);
