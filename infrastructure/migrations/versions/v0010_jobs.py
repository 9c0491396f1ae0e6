"""Work that takes longer than a request."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
