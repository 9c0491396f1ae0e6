"""The tables of the register: where procedures stood, what held in law, and which practice a code means."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
