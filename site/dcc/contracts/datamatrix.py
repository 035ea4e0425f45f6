"""The INS datamatrix payload, both ways: text in, identity out. Pure; drawing and reading the symbol belong to plugins.

Source: ANS, « INS – Format datamatrix » v2.2.20230926. A payload is a 26-character header, then blocks « identifier, value »:

====  ===============================  =======  =====================================
id    content                          length   remark
====  ===============================  =======  =====================================
S1    matricule INS with its key       15       capitals (Corsica: 2A, 2B)
S2    OID of the matricule's authority 19-20
S3    birth given names                1-100    separated by spaces
S4    birth name                       1-100
S5    sex                              1        M or F; « indéterminé » has no code
S6    birth date                       10       JJ-MM-AAAA
S7    birth place, COG code            5        optional; 99xxx abroad
====  ===============================  =======  =====================================

GS (ASCII 29) ends a field of variable length that neither is at its maximum nor comes last. Writers keep the order,
readers take any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dcc.contracts.snapshots import Finding, IdentityTraits, InstanceId, PatientSnapshot

HEADER = "IS01" + "0" * 22
GS = "\x1d"
LIMITS: Mapping[str, tuple[int, int]] = {
    "S1": (15, 15),
    "S2": (19, 20),
    "S3": (1, 100),
    "S4": (1, 100),
    "S5": (1, 1),
    "S6": (10, 10),
    "S7": (5, 5),
}
"""Shortest and longest value of each field, in the order in which they are written."""

INS_NATURES: Mapping[str, str] = {
    "1.2.250.1.213.1.4.8": "NIR",
    "1.2.250.1.213.1.4.9": "NIA",
    "1.2.250.1.213.1.4.10": "NIR de test",
    "1.2.250.1.213.1.4.11": "NIR de démonstration",
}
"""Nature of a matricule by the OID of its authority (catalogue of the ANS)."""

_OPTIONAL = frozenset({"S7"})
_NAMES = {
    "S1": "matricule INS",
    "S2": "OID du matricule",
    "S3": "prénoms de naissance",
    "S4": "nom de naissance",
    "S5": "sexe",
    "S6": "date de naissance",
    "S7": "lieu de naissance",
}
_SHAPES = {
    "S1": re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{8}"),
    "S2": re.compile(r"[0-9.]+"),
    # A name that holds an identifier has swallowed the next field: its separator was lost.
    "S3": re.compile(r"(?!.*S[1-7])[A-Z0-9' -]+"),
    "S4": re.compile(r"(?!.*S[1-7])[A-Z0-9' -]+"),
    "S5": re.compile(r"[MF]"),
    "S6": re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{4}"),
    "S7": re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}"),
}
_TRAIT_NAME = re.compile(r"[A-Z' -]+")
_SPELLED = re.compile(r"<GS>|\{GS\}|\[GS\]|\^\]|\\x1d|\\u001d|\u241d|\u2194", re.IGNORECASE)
"""How scanners and their software spell the character GS; none of these can be part of a value."""


class DatamatrixError(ValueError):
    """The identity cannot be written, or the text is not a whole INS datamatrix; the message is French and names the field."""


@dataclass(frozen=True, slots=True)
class InsDatamatrix:
    """What an INS datamatrix says of a person. ``birth_date`` is ISO; ``birth_place_code`` is empty when the code has none."""

    ins: InstanceId
    given_names: str
    birth_name: str
    sex: Literal["M", "F"]
    birth_date: str
    birth_place_code: str = ""


def encode_payload(ins: InstanceId, traits: IdentityTraits) -> str:
    """The payload of a qualified identity, in the order of the standard; raises :class:`DatamatrixError` when it has none."""
    if traits.sex not in ("M", "F"):
        raise DatamatrixError("Sexe indéterminé : le datamatrix INS ne sait coder que M ou F")
    if ins.root not in INS_NATURES:
        raise DatamatrixError(f"OID « {ins.root} » inconnu : ce n'est pas celui d'un matricule INS")
    for key, value in (("S3", traits.given_names), ("S4", traits.birth_name)):
        if not _TRAIT_NAME.fullmatch(value):
            raise DatamatrixError(f"{_title(key)} « {value} » : capitales sans accent, tiret, apostrophe ou espace attendus")
    fields = {
        "S1": ins.extension or "",
        "S2": ins.root,
        "S3": traits.given_names,
        "S4": traits.birth_name,
        "S5": traits.sex,
        "S6": _french_day(traits.birth_date),
    }
    if traits.birth_place_code:
        fields["S7"] = traits.birth_place_code
    return frame(fields)


def payload_of(patient: PatientSnapshot) -> tuple[str, Sequence[Finding]]:
    """The payload to print for a patient, or an empty text and the reason as a finding.

    Only a qualified identity with its INS gets a datamatrix (EXI ID 29): any other has none, and nothing is wrong with it.
    """
    if patient.status != "qualifiee" or patient.ins is None:
        return "", ()
    try:
        return encode_payload(patient.ins, patient.traits), ()
    except DatamatrixError as error:
        message = f"Datamatrix INS non imprimé. {error}."
        return "", (Finding("datamatrix.non_codable", "warning", message, source="ANS, INS – Format datamatrix v2.2"),)


def frame(fields: Mapping[str, str]) -> str:
    """Put fields (``S1``...``S7``) into a payload; raises :class:`DatamatrixError` on a missing field or a value out of shape."""
    _check_complete(fields)
    kept = [key for key in LIMITS if key in fields]
    for key in kept:
        _check_field(key, fields[key])
    blocks = [key + fields[key] + (GS if key != kept[-1] and _open_ended(key, fields[key]) else "") for key in kept]
    return HEADER + "".join(blocks)


def decode_payload(text: str) -> InsDatamatrix:
    """Read a payload as a decoder or a keyboard-like scanner gives it; fields in any order, GS also spelled (``<GS>``).

    Every GS as a space, or every GS dropped, is accepted when there is one whole reading only; without any separator the names
    must be letters, so that the next identifier ends them for sure. Anything else damaged, one GS lost among others, raises
    :class:`DatamatrixError`: an identity is never guessed. Framing and shapes are checked, not the matricule's key nor whether
    its OID is known.
    """
    fields = read_fields(text)
    day, month, year = fields["S6"].split("-")
    return InsDatamatrix(
        ins=InstanceId(fields["S2"], fields["S1"]),
        given_names=fields["S3"],
        birth_name=fields["S4"],
        sex="M" if fields["S5"] == "M" else "F",
        birth_date=f"{year}-{month}-{day}",
        birth_place_code=fields.get("S7", ""),
    )


def read_fields(text: str) -> Mapping[str, str]:
    """The raw fields of a payload, by identifier; raises :class:`DatamatrixError` as :func:`decode_payload` does."""
    scanned = _SPELLED.sub(GS, text.strip(" \t\r\n"))
    if not scanned.startswith(HEADER):
        raise DatamatrixError("Ce n'est pas un datamatrix INS : en-tête inconnu ou abîmé")
    body = scanned[len(HEADER) :]
    if len(body) > sum(2 + longest + 1 for _, longest in LIMITS.values()):
        raise DatamatrixError("Datamatrix INS trop long : lecture abîmée")
    if GS not in body:
        return _read_without_separators(body)
    fields = dict(_read_blocks(body))
    _check_complete(fields)
    return fields


def _read_blocks(body: str) -> Iterator[tuple[str, str]]:
    """Block by block, as written: an identifier, then its length, or up to the next GS or the end."""
    seen: set[str] = set()
    position = 0
    while position < len(body):
        key = body[position : position + 2]
        if key not in LIMITS:
            raise DatamatrixError(f"Champ inconnu « {key} » : séparateur perdu ou lecture abîmée")
        if key in seen:
            raise DatamatrixError(f"{_title(key)} présent deux fois : lecture abîmée")
        seen.add(key)
        end = body.find(GS, position)
        value = body[position + 2 : min(position + 2 + LIMITS[key][1], len(body) if end < 0 else end)]
        _check_field(key, value)
        yield key, value
        position += 2 + len(value)
        if body[position : position + 1] == GS:
            position += 1


def _read_without_separators(body: str) -> Mapping[str, str]:
    """A body without GS: it needed none, or the scanner types a space for each, or drops them all."""
    readings = {tuple(sorted(reading.items())) for lost in (" ", "") for reading in _readings(body, lost, {})}
    if len(readings) != 1:
        raise DatamatrixError("Séparateurs perdus par le lecteur : datamatrix INS illisible sans deviner")
    return dict(readings.pop())


def _readings(body: str, lost: str, read: dict[str, str]) -> Iterator[dict[str, str]]:
    """Every whole reading of ``body`` in which ``lost`` stands for GS, everywhere."""
    if not body:
        if not set(LIMITS) - _OPTIONAL - set(read):
            yield read
        return
    key = body[:2]
    if key not in LIMITS or key in read:
        return
    shortest, longest = LIMITS[key]
    for length in range(shortest, min(longest, len(body) - 2) + 1):
        value, rest = body[2 : 2 + length], body[2 + length :]
        if _problem(key, value) or (not lost and key in ("S3", "S4") and not _TRAIT_NAME.fullmatch(value)):
            continue
        if not rest or not _open_ended(key, value):
            yield from _readings(rest, lost, {**read, key: value})
        elif rest.startswith(lost):
            yield from _readings(rest.removeprefix(lost), lost, {**read, key: value})


def _open_ended(key: str, value: str) -> bool:
    """Whether a GS must follow the value when another field comes after it."""
    shortest, longest = LIMITS[key]
    return shortest != longest and len(value) < longest


def _check_complete(fields: Mapping[str, str]) -> None:
    for key in LIMITS:
        if key not in fields and key not in _OPTIONAL:
            raise DatamatrixError(f"{_title(key)} manquant")


def _check_field(key: str, value: str) -> None:
    problem = _problem(key, value)
    if problem:
        raise DatamatrixError(f"{_title(key)} « {value} » : {problem}")


def _title(key: str) -> str:
    name = _NAMES[key]
    return name[0].upper() + name[1:]


def _problem(key: str, value: str) -> str:
    shortest, longest = LIMITS[key]
    if not shortest <= len(value) <= longest:
        length = str(longest) if shortest == longest else f"{shortest} à {longest}"
        return f"{length} caractères attendus"
    if not _SHAPES[key].fullmatch(value) or value != value.strip():
        return "caractère interdit ou séparateur perdu"
    if key == "S6":
        return _day_problem(value)
    return ""


def _day_problem(value: str) -> str:
    day, month, year = value.split("-")
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return "cette date n'existe pas"
    return ""


def _french_day(value: str) -> str:
    year, _, rest = value.partition("-")
    month, _, day = rest.partition("-")
    if not (year and month and day):
        raise DatamatrixError(f"Date de naissance « {value} » incomplète")
    return f"{day}-{month}-{year}"
