"""The log of facts, the cursors of its readers, and the refusal to change what was recorded."""

from alembic import op

from infrastructure.migrations.steps import statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    for statement in statements(revision, op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
