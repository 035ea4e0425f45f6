"""Acknowledging a message as the standard says: MSA, one ERR for each remark, in the character set of the sender. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plugins.ins.hl7.faults import CODES, Fault
from plugins.ins.hl7.messages import Head

Code = Literal["AA", "AE", "AR", "CA", "CE", "CR"]
APPLICATION = "DCC"
_MOST = 20


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers when the message does not say whom it is for, when, and under which control id."""

    facility: str
    at: datetime
    control_id: str


def acknowledgement(head: Head | None, code: Code, faults: Sequence[Fault], answering: Answering) -> bytes:
    """The bytes of an ACK; ``head`` is nothing when the envelope could not be read. Segments end with CR."""
    me = (head.to_application if head else "") or APPLICATION, (head.to_facility if head else "") or answering.facility
    to = (head.application, head.facility) if head else ("", "")
    processing, version = (head.processing or "P", head.version or "2.5") if head else ("P", "2.5")
    trigger = f"ACK^{escaped(head.trigger)}^ACK" if head and head.trigger else "ACK"
    charset = "8859/1" if head and head.charset == "8859/1" else "UNICODE UTF-8"
    ends = "|".join(escaped(name) for name in (*me, *to))
    lines = [
        f"MSH|^~\\&|{ends}|{answering.at:%Y%m%d%H%M%S}||{trigger}|{answering.control_id}|{processing}|{escaped(version)}|||||FRA|{charset}",
        f"MSA|{code}|{escaped(head.control_id) if head else ''}",
        *(_error(fault) for fault in list(faults)[:_MOST]),
    ]
    return ("\r".join(lines) + "\r").encode("iso-8859-1" if charset == "8859/1" else "utf-8", "replace")


def wanted(setting: str, *, accepted: bool) -> bool:
    """Whether a condition of enhanced mode (HL7 table 0155: AL, NE, ER, SU) asks for an answer."""
    return setting == "AL" or setting == ("SU" if accepted else "ER")


def _error(fault: Fault) -> str:
    return f"ERR||{fault.where}|{fault.code}^{CODES[fault.code]}^HL70357|{fault.severity}||||{escaped(fault.words)}"


def escaped(text: str) -> str:
    """A text as the value of a field: delimiters escaped, control characters dropped."""
    for sign, code in (("\\", "E"), ("|", "F"), ("^", "S"), ("~", "R"), ("&", "T")):
        text = text.replace(sign, f"\\{code}\\")
    return "".join(char for char in text if char.isprintable())
