-- Work that takes longer than a request: who wants what, how far it is, and what came of it. Instants are microseconds.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    purchaser TEXT NOT NULL,
    actor TEXT NOT NULL,
    command_digest TEXT NOT NULL,
    work TEXT NOT NULL,
    state TEXT NOT NULL,
    stop_asked INTEGER NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    change INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    heard_at INTEGER,
    result TEXT,
    error TEXT
) STRICT;

CREATE INDEX job_waiting ON job (created_at, id) WHERE state = 'waiting';
CREATE INDEX job_order ON job (created_at, id);
CREATE INDEX job_of_purchaser ON job (purchaser, created_at, id);

-- The file that a job is about, until the job is done.
CREATE TABLE job_file (
    job_id TEXT PRIMARY KEY REFERENCES job (id),
    content BLOB NOT NULL
) STRICT;

-- What is wrong with that file.
CREATE TABLE job_bad_row (
    job_id TEXT NOT NULL REFERENCES job (id),
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    found TEXT NOT NULL,
    expected TEXT NOT NULL,
    practice TEXT NOT NULL,
    PRIMARY KEY (job_id, number)
) STRICT;
