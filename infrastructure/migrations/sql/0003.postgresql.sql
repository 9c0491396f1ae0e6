-- What the runner knows of a read model beside its cursor in tracking: of which version its tables are, at which event
-- it stopped and why, when it last moved, and how fast.
CREATE TABLE read_model (
    name text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL,
    moved_at bigint,
    events_per_second bigint,
    fault_position bigint,
    fault_event text,
    fault_message text,
    fault_at bigint
);
