"""What the code of a server means to us: a cause of the follow-up. One table; facts in mss/codes/SMTPERRORCODE.csv, RFC 3463."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PATIENTS = "@patient.mssante.fr"

STATUSES: Mapping[str, str] = {
    "1": "unknown_box",
    "1.2": "domain",
    "1.7": "refused",
    "1.8": "refused",
    "2.2": "quota",
    "2.3": "too_big",
    "2": "unknown_box",
    "3.4": "too_big",
    "3": "unreachable",
    "4": "unreachable",
    "5": "refused",
    "6": "refused",
    "7": "refused",
}
"""By subject, or subject and detail, of the enhanced status (the first digit left out)."""

CODES: Mapping[str, str] = {
    "101": "unreachable",
    "111": "unreachable",
    "420": "unreachable",
    "421": "unreachable",
    "422": "quota",
    "431": "unreachable",
    "441": "unreachable",
    "442": "unreachable",
    "510": "unknown_box",
    "512": "domain",
    "513": "unknown_box",
    "523": "too_big",
    "541": "refused",
    "550": "unknown_box",
    "551": "unknown_box",
    "552": "quota",
    "553": "unknown_box",
    "554": "refused",
}


def cause_of(code: str, status: str, recipients: Sequence[str]) -> str:
    """The cause of a failure for good; the enhanced status tells more. A patient's box that is not there is closed."""
    subject, _, detail = status[2:].partition(".")
    cause = STATUSES.get(f"{subject}.{detail}") or STATUSES.get(subject) or CODES.get(code) or "refused"
    if cause == "unknown_box" and any(address.endswith(PATIENTS) for address in recipients):
        return "closed_box"
    return cause
