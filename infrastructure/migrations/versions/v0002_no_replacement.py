"""A row that is recorded is not replaced either, whatever the settings of a connection."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
