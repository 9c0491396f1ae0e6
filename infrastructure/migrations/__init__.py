"""The schema of the databases, one numbered step at a time, by Alembic; each step is SQL per database in ``sql``."""
