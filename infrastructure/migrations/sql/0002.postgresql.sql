-- Nothing to add: what PostgreSQL has for it, ON CONFLICT DO UPDATE and MERGE, meets the trigger that refuses updates.
SELECT 1;
