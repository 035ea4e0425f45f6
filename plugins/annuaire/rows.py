"""What a line of a file becomes: national identifiers in one form, names to search. Pure: no Django, no query."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from dcc.accounts.api import profession_code_of

BOX_TYPES = frozenset({"PER", "ORG", "APP", "CAB"})
PRACTITIONER = re.compile(r"[0-9A-Z][0-9A-Z/_-]{3,19}\Z")
STRUCTURE = re.compile(r"[0-9A-Z][0-9A-Z/_-]{3,19}\Z")
FINESS = re.compile(r"[0-9][0-9AB][0-9]{7}\Z")
ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[a-z0-9\u00a1-\uffff.-]{1,189}\Z")
CIVILITIES = frozenset({"M", "MME"})
SPECIALITY_CODES = frozenset({"S", "CEX", "PAC", "SM", ""})
_WORDS = re.compile(r"[0-9a-z]+")

Row = Mapping[str, str]


class WrongRow(ValueError):
    """A line that says nothing useful; the message is French."""


def box_of(row: Row) -> dict[str, Any]:
    """The fields of a mailbox; raises :class:`WrongRow`."""
    kind, address = row["type"].upper(), row["address"].lower()
    if kind not in BOX_TYPES:
        raise WrongRow(f"type de boîte « {row['type'][:20]} » inconnu")
    if not ADDRESS.match(address):
        raise WrongRow("adresse de boîte incorrecte")
    practitioner = row["practitioner"].upper()
    structure = structure_id(row["structure"])
    if not (PRACTITIONER.match(practitioner) if kind == "PER" else structure):
        raise WrongRow("boîte sans titulaire")
    person = " ".join(part for part in (row.get("given", ""), row.get("family", "")) if part)
    return {
        "address": address,
        "type": kind,
        "practitioner": practitioner[:20],
        "structure": structure,
        "service": row.get("service", "")[:200],
        "holder": (person if kind == "PER" else row.get("structure_name") or row.get("sign") or person)[:300],
        "paperless": row.get("paperless", "").upper() == "O",
        "unlisted": row.get("unlisted", "").upper() in ("O", "OUI", "TRUE"),
    }


def activity_of(row: Row) -> dict[str, Any]:
    """The fields of a professional at a place; raises :class:`WrongRow`."""
    practitioner, family = row["practitioner"].upper(), row["family"]
    if not PRACTITIONER.match(practitioner):
        raise WrongRow("identification nationale incorrecte")
    title = row.get("title", "").upper()
    prefix, given = row.get("prefix", "").upper(), row["given"]
    key = folded(family)
    if not key:
        raise WrongRow("professionnel sans nom")
    speciality = row["speciality"] if row.get("speciality_type", "") in SPECIALITY_CODES else ""
    return {
        "practitioner": practitioner,
        "family": family[:120],
        "given": given[:120],
        "prefix": (prefix or (title if title in CIVILITIES else ""))[:10],
        "suffix": ("" if title in CIVILITIES else title)[:10],
        "profession_code": profession_code_of(row["profession"], speciality)[:30],
        "structure": place_id(row),
        "structure_name": (row["structure_name"] or row.get("sign", ""))[:200],
        "house_number": row.get("house_number", "")[:20],
        "street": " ".join(part for part in (row.get("street_type", ""), row.get("street", "")) if part)[:200],
        "postal_code": row.get("postal_code", "")[:10],
        "city": row.get("city", "")[:120],
        "phone": row.get("phone", "")[:30],
        "family_key": key[:120],
        "words": f" {key} {folded(given)}"[:250],
    }


def structure_id(identifier: str) -> str:
    """A structure as StructIdNat: a FINESS number gets the « 1 » before it; empty when it is none."""
    identifier = identifier.strip().upper()
    if FINESS.match(identifier):
        return f"1{identifier}"
    return identifier if STRUCTURE.match(identifier) else ""


def place_id(row: Row) -> str:
    """StructIdNat of a place of work, by its FINESS number or by its technical and former identifiers."""
    technical, former = row.get("technical_id", ""), row.get("former_id", "")
    for found in (row["finess"], technical[1:] if technical.startswith("F") else "", former):
        if identifier := structure_id(found):
            return identifier
    return ""


def folded(text: str) -> str:
    """Words of a name in lower case, without accents, parted by one space."""
    lowered = text.casefold()
    if not lowered.isascii():
        lowered = "".join(c for c in unicodedata.normalize("NFKD", lowered.replace("œ", "oe")) if not unicodedata.combining(c))
    return " ".join(_WORDS.findall(lowered))
