"""How far each read model is, of which version, and at what it stopped."""

from alembic import op

from infrastructure.migrations.steps import run_step

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    run_step(revision, op.get_bind())
