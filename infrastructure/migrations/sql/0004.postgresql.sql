-- A row here holds back everything that leaves the system, until somebody resumes sending; a restore puts one in.
CREATE TABLE sending_hold (
    held_at bigint PRIMARY KEY,
    reason text NOT NULL
);
