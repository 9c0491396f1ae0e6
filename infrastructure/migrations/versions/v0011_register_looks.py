"""Looks at the register that found nothing to ask."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
