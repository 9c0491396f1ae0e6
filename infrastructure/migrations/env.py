"""Alembic runs this; the connection comes from ``infrastructure.persistence.schema``, already in a transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
context.run_migrations()
