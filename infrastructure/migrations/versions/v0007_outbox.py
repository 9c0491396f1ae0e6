"""What leaves the system: a row for each message to each recipient."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
