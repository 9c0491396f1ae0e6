-- What the runner knows of a read model beside its cursor in tracking: of which version its tables are, at which event
-- it stopped and why, when it last moved, and how fast.
CREATE TABLE read_model (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    moved_at INTEGER,
    events_per_second INTEGER,
    fault_position INTEGER,
    fault_event TEXT,
    fault_message TEXT,
    fault_at INTEGER
) STRICT, WITHOUT ROWID;
