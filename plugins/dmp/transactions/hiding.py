"""What no request of ours does about who sees a document: refused here, before anything is sent. Pure.

Sources: dmp_psc.md §0 (« never hide again »: the software blocks it itself), EX_2.1-1050 (masked to professionals and invisible
to the patient together only where the parameters of the DMP allow it). The signature of a lot is both by its profile (§2.7).
A version that replaces another one: by the table of ``deposits.visibility``.
"""

from __future__ import annotations

from dcc.contracts.errors import Refused
from dcc.contracts.xds import DocumentEntry

INVISIBLE, MASKED = "INVISIBLE_PATIENT", "MASQUE_PS"


def check_hiding(entry: DocumentEntry, *, both: bool, before: DocumentEntry | None = None) -> None:
    """Raise ``Refused`` for a document that would be hidden from all (unless ``both``), or hidden again from its patient."""
    codes = _codes(entry)
    if {INVISIBLE, MASKED} <= codes and not both:
        words = "Un document n'est pas à la fois masqué aux professionnels et invisible au patient (EX_2.1-1050)"
        raise Refused(words, cause="not_conformant")
    if before is not None and INVISIBLE in codes - _codes(before):
        raise Refused("Ce que le patient a pu voir ne lui est plus caché", cause="not_conformant")


def _codes(entry: DocumentEntry) -> set[str]:
    return {code.code for code in entry.confidentiality}
