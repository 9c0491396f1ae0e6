"""All read models of the program."""

from infrastructure.read_models.audit_index import AuditIndex
from infrastructure.read_models.deadlines import deadlines
from infrastructure.read_models.model import ReadModel
from infrastructure.read_models.outlook import Outlooks
from infrastructure.read_models.overview import overview
from infrastructure.read_models.practices import Practices
from infrastructure.read_models.register.model import RegisterModel
from infrastructure.read_models.rounds import RoundRuns
from infrastructure.read_models.worklist import worklist


def all_models() -> list[ReadModel]:
    """A new instance of each; those of one process share what they make of a batch."""
    outlooks = Outlooks()
    return [
        AuditIndex(),
        Practices(),
        RegisterModel(),
        RoundRuns(),
        deadlines(outlooks),
        overview(outlooks),
        worklist(outlooks),
    ]
