"""Jobs know the request that asked for them."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
