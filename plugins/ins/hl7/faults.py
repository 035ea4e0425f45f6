"""What is wrong in a message: the code of the standard, where, and French words that quote nothing of a patient. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

CODES: Mapping[str, str] = {
    "100": "Segment sequence error",
    "101": "Required field missing",
    "102": "Data type error",
    "103": "Table value not found",
    "104": "Value too long",
    "200": "Unsupported message type",
    "201": "Unsupported event code",
    "202": "Unsupported processing id",
    "203": "Unsupported version id",
    "204": "Unknown key identifier",
    "205": "Duplicate key identifier",
    "206": "Application record locked",
    "207": "Application internal error",
}
"""HL7 table 0357."""

REJECTING = frozenset({"200", "201", "202", "203"})
"""Codes of an application reject (AR): the message is not for this platform, whatever it says of a person."""

Severity = Literal["E", "W", "I"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One remark: ``where`` is a location as ERR-2 writes it (``PID^1^3``), empty for the whole message."""

    code: str
    where: str
    words: str
    severity: Severity = "E"

    @property
    def place(self) -> str:
        """Where, as people say it: « PID-3 » , « PID 2, champ 5 »."""
        name, _, rest = self.where.partition("^")
        number, _, field = rest.partition("^")
        if not name:
            return "message"
        if not field:
            return f"{name} {number}".strip()
        return f"{name}-{field.partition('^')[0]}" if number in ("", "1") else f"{name} {number}, champ {field.partition('^')[0]}"


class Unacceptable(Exception):
    """A message, or a part of it, cannot be taken; ``faults`` say why, the first one first. ``reject`` answers AR, not AE."""

    def __init__(self, *faults: Fault, reject: bool = False) -> None:
        super().__init__(" ; ".join(f"{fault.place} : {fault.words}" for fault in faults))
        self.faults: Sequence[Fault] = faults
        self.reject = reject or any(fault.code in REJECTING for fault in faults)
