-- INSERT OR REPLACE deletes the row in its way, and only with PRAGMA recursive_triggers does that meet the trigger that
-- refuses deletes. This one is met on every connection.
CREATE TRIGGER log_refuses_replacement BEFORE INSERT ON log
WHEN EXISTS (SELECT 1 FROM log WHERE position = NEW.position)
    OR EXISTS (SELECT 1 FROM log WHERE stream_id = NEW.stream_id AND version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only: this position, or this version of the stream, is taken; nothing recorded is ever replaced');
END;
