"""The read models for lists: overview, worklist, deadlines, rounds, practices; and the audit index."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
