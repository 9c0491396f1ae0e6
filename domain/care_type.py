"""The care types that paramedical procurement knows (zorgsoorten)."""

from enum import StrEnum


class CareType(StrEnum):
    """One sort of paramedical care; a contract is always for exactly one (CQ25-3-3)."""

    FYS = "FYS"
    OEF = "OEF"
    LOG = "LOG"
    DIE = "DIE"
    ERG = "ERG"
    HUI = "HUI"
    VOET = "VOET"
    GLI = "GLI"
    VAL = "VAL"
    INST = "INST"
    ZKH = "ZKH"

    @property
    def dutch(self) -> str:
        """The Dutch name, as letters and agreements print it."""
        return _DUTCH[self]

    @property
    def english(self) -> str:
        """The English name, for letters to who asks for them in English."""
        return _ENGLISH[self]


_DUTCH = {
    CareType.FYS: "fysiotherapie",
    CareType.OEF: "oefentherapie",
    CareType.LOG: "logopedie",
    CareType.DIE: "diëtetiek",
    CareType.ERG: "ergotherapie",
    CareType.HUI: "huidtherapie",
    CareType.VOET: "preventieve voetzorg",
    CareType.GLI: "gecombineerde leefstijlinterventie",
    CareType.VAL: "valpreventie",
    CareType.INST: "paramedische zorg in instellingen",
    CareType.ZKH: "paramedische zorg in ziekenhuizen",
}
_ENGLISH = {
    CareType.FYS: "physiotherapy",
    CareType.OEF: "exercise therapy",
    CareType.LOG: "speech therapy",
    CareType.DIE: "dietetics",
    CareType.ERG: "occupational therapy",
    CareType.HUI: "skin therapy",
    CareType.VOET: "preventive foot care",
    CareType.GLI: "combined lifestyle intervention",
    CareType.VAL: "fall prevention",
    CareType.INST: "paramedical care in institutions",
    CareType.ZKH: "paramedical care in hospitals",
}
