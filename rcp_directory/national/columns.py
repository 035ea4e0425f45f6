"""The columns of a national list, and how a cell is read. Pure: no Django.

INCa has published no format of its list: these columns are ours (decision 0307). A cell left empty says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rcp_directory.codes import BODY_SYSTEMS, ENCOUNTERS, NATURES, ORGANS, SECTORS
from rcp_directory.title import SEPARATOR

MANY = "|"
_CODE = re.compile(r"[0-9A-Za-z.\-]{1,30}\Z")
_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9\u00a1-\uffff-]+(\.[A-Za-z0-9\u00a1-\uffff-]+)+\Z")
_FINESS = re.compile(r"[0-9][0-9AB][0-9]{7}\Z")
_NUMBER = re.compile(r"[0-9]{9,12}\Z")
_RPPS = 11
_FORMULA = "=+@\t\r-"
LONGEST = 200


class WrongCell(ValueError):
    """A cell that does not fit; the message is French."""


def text(cell: str) -> str:
    """A text that a spreadsheet does not run and a title can hold."""
    if cell[0] in _FORMULA:
        raise WrongCell("commence par un signe qu'un tableur prend pour une formule")
    if len(cell) > LONGEST or not cell.isprintable():
        raise WrongCell(f"plus de {LONGEST} caractères, ou des caractères de contrôle")
    return cell


def name(cell: str) -> str:
    """A text that goes into the title of an FRCP."""
    if SEPARATOR in cell:
        raise WrongCell("« / » entre deux espaces sépare déjà les noms dans le titre de la fiche")
    return text(cell)


def at_most(limit: int, read: Callable[[str], str] = text) -> Callable[[str], str]:
    """A text of at most so many characters, which is what the directory keeps of it."""

    def short(cell: str) -> str:
        if len(cell) > limit:
            raise WrongCell(f"plus de {limit} caractères")
        return read(cell)

    return short


def code(cell: str) -> str:
    """A national identifier."""
    if not _CODE.match(cell):
        raise WrongCell("identifiant : lettres, chiffres, points et tirets, 30 au plus")
    return cell


def codes(cell: str) -> tuple[str, ...]:
    """Several identifiers."""
    return tuple(code(part.strip()) for part in cell.split(MANY) if part.strip())


def one_of(known: Mapping[str, Any]) -> Callable[[str], str]:
    """A code of a list."""

    def read(cell: str) -> str:
        if cell not in known:
            raise WrongCell(f"code « {cell[:30]} » inconnu")
        return cell

    return read


def some_of(known: Mapping[str, Any]) -> Callable[[str], tuple[str, ...]]:
    """Codes of a list, each once."""
    read = one_of(known)
    return lambda cell: tuple(dict.fromkeys(read(part.strip()) for part in cell.split(MANY) if part.strip()))


def yes_or_no(cell: str) -> bool:
    """« O » or « N »."""
    if cell.upper() not in ("O", "OUI", "N", "NON"):
        raise WrongCell("« O » ou « N » est attendu")
    return cell.upper().startswith("O")


def email(cell: str) -> str:
    """A mailbox."""
    if not _EMAIL.match(cell) or len(cell) > LONGEST:
        raise WrongCell("adresse incorrecte")
    return cell.lower()


def finess(cell: str) -> str:
    """A FINESS number of a site."""
    if not _FINESS.match(cell):
        raise WrongCell("numéro FINESS : neuf caractères")
    return cell


def practitioner(cell: str) -> str:
    """PSIdNat; an RPPS number alone gets its « 8 »."""
    if not _NUMBER.match(cell):
        raise WrongCell("numéro RPPS : onze chiffres, ou douze avec le « 8 »")
    return f"8{cell}" if len(cell) == _RPPS else cell


def day(cell: str) -> date:
    """``2026-01-31`` or ``31/01/2026``."""
    year_first = cell if "-" in cell else "-".join(reversed(cell.split("/")))
    try:
        return date.fromisoformat(year_first)
    except ValueError:
        raise WrongCell(f"date illisible, « {cell[:20]} »") from None


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``field`` is what of the directory it tells, ``label`` how a report names it."""

    name: str
    field: str
    label: str
    read: Callable[[str], Any]
    needed: bool = False


COLUMNS = (
    Column("code", "code", "identifiant national", code, needed=True),
    Column("anciens_codes", "former", "anciens identifiants", codes),
    Column("denomination", "denomination", "dénomination", name, needed=True),
    Column("rrc_code", "network_code", "identifiant du RRC", code, needed=True),
    Column("rrc_nom", "network_name", "nom du RRC", name, needed=True),
    Column("rrc_sigle", "network_acronym", "sigle du RRC", at_most(60, name)),
    Column("rrc_bal", "network_mailbox", "boîte du RRC", email),
    Column("gestionnaire_code", "centre_code", "identifiant du gestionnaire", code, needed=True),
    Column("gestionnaire_nom", "centre_name", "nom du gestionnaire", name, needed=True),
    Column("gestionnaire_sigle", "centre_acronym", "sigle du gestionnaire", at_most(60, name)),
    Column("nature", "nature", "nature", one_of(NATURES)),
    Column("appareil", "body_system", "appareil", one_of(BODY_SYSTEMS)),
    Column("organes", "organs", "organes", some_of(ORGANS)),
    Column("recours", "is_recourse", "RCP de recours", yes_or_no),
    Column("pediatrique", "is_paediatric", "RCP pédiatrique", yes_or_no),
    Column("finess", "establishment", "établissement (FINESS)", finess),
    Column("etablissement", "establishment_name", "nom de l'établissement", text),
    Column("voie", "street", "voie", text),
    Column("code_postal", "postal_code", "code postal", at_most(10)),
    Column("commune", "city", "commune", at_most(100)),
    Column("secteur", "sector", "secteur d'activité", one_of(SECTORS)),
    Column("coordonnateur", "coordinator", "coordonnateur (RPPS)", practitioner),
    Column("coordonnateur_nom", "coordinator_family", "nom du coordonnateur", at_most(100)),
    Column("coordonnateur_prenom", "coordinator_given", "prénom du coordonnateur", at_most(100)),
    Column("bal", "mailbox", "boîte aux lettres", email),
    Column("prise_en_charge", "encounter", "type de prise en charge", one_of(ENCOUNTERS)),
    Column("jours", "timetable", "jours et horaires", text),
    Column("ouverte_le", "active_from", "active depuis le", day),
    Column("fermee_le", "active_to", "fermée le", day),
)
TOLD_OF_RCP = (
    "denomination", "centre_code", "nature", "body_system", "organs", "is_recourse", "is_paediatric", "establishment", "sector",
    "coordinator", "mailbox", "encounter", "timetable", "active_from", "active_to",
)  # fmt: skip
"""Fields that are compared with those of an RCP of the directory."""
LABELS: Mapping[str, str] = {column.field: column.label for column in COLUMNS}
