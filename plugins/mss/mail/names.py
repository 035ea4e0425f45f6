"""The words a mail is known by: subject and name of the PDF (référentiel socle MSSanté #2, section 2; mss_hl7.md §2). Pure."""

from __future__ import annotations

import re
import unicodedata

from plugins.mss.mail.header import CdaHeader

PREFIX = "XDM/1.0/DDM+"
LABEL_LENGTH = 40
ACTIONS = {"new": "", "replace": "[Annule et remplace] ", "delete": "[Suppression] "}
"""What stands before the label, in the part that people see (decision 0291)."""
_LIGATURES = str.maketrans({"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "ß": "ss", "ẞ": "SS", "Ø": "O", "ø": "o", "’": "'"})
_NOT_IN_FILES = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|]')


def without_accents(text: str) -> str:
    """Letters without accents nor ligatures; what has no equivalent is left out. Spaces are single."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return " ".join(plain.encode("ascii", "ignore").decode().split())


def subject_of(headers: list[CdaHeader], action: str) -> str:
    """The subject of a mail about one patient; ``headers`` one for each document, N1 and N3 being one."""
    first = headers[0]
    label = first.label[:LABEL_LENGTH].strip() if len(headers) == 1 else f"{len(headers)} documents"
    return f"{PREFIX}{ACTIONS[action]}{' '.join((label, *_person(first), *_birth(first)))}"


def pdf_name_of(header: CdaHeader) -> str:
    """``<AAAAMMJJ>_<type>_<NOM>_<prenom>.pdf``, without what a file name cannot hold."""
    parts = (header.act_date, header.label[:LABEL_LENGTH].strip(), *_person(header))
    return _NOT_IN_FILES.sub("-", "_".join(filter(None, parts))) + ".pdf"


def _person(header: CdaHeader) -> tuple[str, str]:
    return without_accents(header.birth_name).upper(), without_accents(header.first_given_name)


def _birth(header: CdaHeader) -> tuple[str, ...]:
    day = header.birth_date
    return (f"{day[6:8]}/{day[4:6]}/{day[:4]}",) if day else ()
