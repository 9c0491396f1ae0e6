"""Whether what leaves the system is held back."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
