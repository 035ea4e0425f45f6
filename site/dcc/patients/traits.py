"""Strict traits of an identity: reading what is typed or received, one French remark per field at fault. Pure.

Birth dates that are not wholly known follow RNIV (EXI ID 11/12): day unknown, 01; month unknown, 01; both, 31/12; a year known
by the announced age only, 31/12 of that year; and a marker says so. Another system may send a date that no calendar has (« date
lunaire », as INSi returns it): it is kept as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from dcc.contracts.snapshots import IdentityTraits
from dcc.patients.characters import birth_name, fits_list, given_names

Unknown = Literal["", "jour", "mois", "jour_mois", "annee"]
"""What of the birth date is not known: nothing, the day, the month, both, or even the year is only estimated."""

OLDEST = date(1850, 1, 1)
_FRENCH = re.compile(r"(?:(?P<d>\d{1,2})[/. -])?(?:(?P<m>\d{1,2})[/. -])?(?P<y>\d{4})\Z", re.ASCII)
_ISO = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{2})(?:-(?P<d>\d{2}))?)?\Z", re.ASCII)
_COMPACT = re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})\Z", re.ASCII)
_ABOUT = re.compile(r"(?:vers|environ|env\.?|~)\s*(?P<y>\d{4})\Z", re.ASCII | re.IGNORECASE)
_AGED = re.compile(r"(?:vers|environ|env\.?|~)?\s*(?P<age>\d{1,3})\s*ans\Z", re.ASCII | re.IGNORECASE)
_COG = re.compile(r"(?:\d{5}|2[AB]\d{3})\Z", re.ASCII)


class IdentityErrors(ValueError):
    """What is wrong in an identity, by field (names of :class:`IdentityTraits`), in French."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ; ".join(f"{LABELS.get(field, field)} : {message}" for field, message in fields.items()))
        self.fields = dict(fields)


LABELS = {
    "birth_name": "Nom de naissance",
    "first_given_name": "Premier prénom de naissance",
    "given_names": "Prénoms de naissance",
    "sex": "Sexe",
    "birth_date": "Date de naissance",
    "birth_place_code": "Code du lieu de naissance",
    "birth_place_name": "Lieu de naissance",
    "used_name": "Nom utilisé",
    "used_given_name": "Prénom utilisé",
    "ins": "Matricule INS",
    "matricule": "Matricule INS",
    "reason": "Raison",
    "words": "Précision",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Traits in INSi characters with a full ISO birth date, what of that date is unknown, and the used names."""

    traits: IdentityTraits
    birth_date_unknown: Unknown = ""
    used_name: str = ""
    used_given_name: str = ""


def read_identity(
    raw: IdentityTraits, *, today: date, used_name: str = "", used_given_name: str = "", lenient: bool = False
) -> Identity:
    """The identity as it is stored. Used names are never deduced from the others (EXI ID 08).

    ``lenient`` accepts, from another system, a first given name that is not the start of the list and a date that no calendar
    has. Raises :class:`IdentityErrors`.
    """
    texts = {**asdict(raw), "used_name": used_name, "used_given_name": used_given_name}
    read: dict[str, str] = {}
    errors: dict[str, str] = {}
    unknown: Unknown = ""
    for field, reader in _READERS.items():
        try:
            read[field] = reader(texts[field] or "")
        except ValueError as error:
            errors[field] = str(error)
        else:
            if not read[field] and field in _REQUIRED:
                errors[field] = "À renseigner"
    try:
        read["birth_date"], unknown = read_birth_date(raw.birth_date, today=today, lenient=lenient)
    except ValueError as error:
        errors["birth_date"] = str(error)
    if not errors and not lenient and read["given_names"] and not fits_list(read["first_given_name"], read["given_names"]):
        errors["first_given_name"] = "Le premier prénom est le début de la liste des prénoms de naissance"
    if errors:
        raise IdentityErrors(errors)
    used = read.pop("used_name"), read.pop("used_given_name")
    return Identity(IdentityTraits(**read), unknown, *used)  # type: ignore[arg-type]  # ``sex`` was checked by its reader


def read_birth_date(text: str, *, today: date, lenient: bool = False) -> tuple[str, Unknown]:
    """A full ISO date and what of it is unknown, from ``29/01/1960``, ``01/1960``, ``1960``, ``00/01/1960``, ``vers 1960``,
    ``environ 80 ans``, ISO.

    ``lenient`` keeps a full ISO date that no calendar has. Raises ``ValueError`` in French.
    """
    text = text.strip()
    if not text:
        raise ValueError("À renseigner")
    about, aged = _ABOUT.match(text), _AGED.match(text)
    if about or aged:
        year = int(about["y"]) if about else today.year - int(aged["age"] if aged else 0)
        return _bounded(_day_of(year, 0, 0), "annee", today)
    iso = _ISO.match(text)
    match = iso or _COMPACT.match(text) or _FRENCH.match(text)
    if not match:
        raise ValueError("Date attendue : JJ/MM/AAAA, MM/AAAA ou AAAA")
    parts = match.groupdict()
    day, month = int(parts.get("d") or 0), int(parts.get("m") or 0)
    if parts.get("d") and not parts.get("m"):  # « 01/1960 » is a month
        day, month = 0, day
    try:
        known = _day_of(int(match["y"]), month, day)
    except ValueError:
        if lenient and iso and day and month and OLDEST.year <= int(match["y"]) <= today.year:
            return text, ""
        raise
    return _bounded(known, _what_is_unknown(day, month), today)


def _day_of(year: int, month: int, day: int) -> date:
    try:
        return date(year, *_completed(day, month))
    except ValueError:
        raise ValueError("Cette date n'existe pas") from None


def _bounded(known: date, unknown: Unknown, today: date) -> tuple[str, Unknown]:
    if unknown in ("jour_mois", "annee") and known.year == today.year:
        known = min(known, today)
    if not OLDEST <= known <= today:
        raise ValueError("Date de naissance hors des limites")
    return known.isoformat(), unknown


def _what_is_unknown(day: int, month: int) -> Unknown:
    return "" if day and month else "jour" if month else "mois" if day else "jour_mois"


def _completed(day: int, month: int) -> tuple[int, int]:
    return (month or 1, day or 1) if day or month else (12, 31)


def _sex(text: str) -> str:
    if text not in ("M", "F", "I", ""):
        raise ValueError("M, F ou I (indéterminé) attendu")
    return text


def _place_code(text: str) -> str:
    code = text.strip().upper()
    if code and not _COG.match(code):
        raise ValueError("Code officiel géographique de 5 caractères attendu (99… à l'étranger)")
    return code


def _place_name(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > 100 or not name.isprintable():
        raise ValueError("100 caractères lisibles au plus")
    return name


_READERS: Mapping[str, Callable[[str], str]] = {
    "birth_name": birth_name,
    "first_given_name": given_names,
    "given_names": given_names,
    "sex": _sex,
    "birth_place_code": _place_code,
    "birth_place_name": _place_name,
    "used_name": birth_name,
    "used_given_name": given_names,
}
_REQUIRED = frozenset({"birth_name", "first_given_name", "sex"})
