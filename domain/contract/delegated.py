"""What a delegate may do on a contract of the practice: fill in and upload, never sign or decline."""

from datetime import datetime

from domain.calendar import local_day
from domain.contract import commands as ask
from domain.provider.provider import Delegation, Provider
from domain.refusal import Refused

MAY_BE_DELEGATED = (
    ask.OpenQuestionnaire,
    ask.SaveQuestionnaire,
    ask.ConfirmQuestionnaire,
    ask.UploadEvidence,
    ask.ReceiveDocuments,
)
"""What binds the practice to nothing: the offer that may follow still waits for the signatory."""


def delegation_for(
    command: ask.ContractCommand, provider: Provider | None, person_id: str, occurred_at: datetime, now: datetime
) -> Delegation | Refused:
    """The delegation by which a person gives a command now, or why there is none."""
    if not isinstance(command, MAY_BE_DELEGATED):
        return Refused(
            "NOT_FOR_A_DELEGATE",
            f"a delegate fills in and uploads; {command.kind} is for the signatory or the purchaser",
            found=command.kind,
            asked=", ".join(each.__name__ for each in MAY_BE_DELEGATED),
        )
    if occurred_at != now:
        return Refused("NEVER_BACKDATED", "a delegate acts at the instant of the portal; leave occurred_at out")
    today = local_day(now)
    delegation = None if provider is None else provider.delegation_on(today, person_id)
    if delegation is None:
        return Refused(
            "NOT_DELEGATED",
            f"{person_id!r} may not act for the practice on {today}; a signatory can grant it",
            found="no delegation that stands",
            asked="a delegation by a signatory",
        )
    return delegation
