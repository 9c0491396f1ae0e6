"""Several things of one kind may be due of a contract; and what failed when it was due."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
