"""${message}"""

from alembic import op

from infrastructure.migrations.steps import statements

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Run this step's SQL for the database at hand."""
    for statement in statements(revision, op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
