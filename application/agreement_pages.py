"""An agreement text in one of its languages, and on paper."""

from application.ports import PrintedText
from application.queries.agreement import AgreementText
from application.wording.explanations import Language


def text_in(found: AgreementText, language: Language) -> str | None:
    """The text in a language; nothing where the policy has no words in it."""
    return found.text if language is Language.NL else found.translation


def printed(contract_id: str, found: AgreementText, told: str, language: Language) -> PrintedText:
    """What stands on paper: the text, and on every page the contract and the hash of the text that was offered."""
    title, _, _ = told.partition("\n")
    fingerprint = {
        Language.NL: f"SHA-256 van de aangeboden tekst: {found.sha256}",
        Language.EN: f"Translation; SHA-256 of the Dutch text that was offered: {found.sha256}",
    }[language]
    return PrintedText(f"{title}, {contract_id}", contract_id, fingerprint, language, told)
