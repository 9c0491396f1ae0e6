"""The log of facts, the cursors of its readers, and the refusal to change what was recorded."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
