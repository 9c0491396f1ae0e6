"""Who read out what, apart from the facts."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
