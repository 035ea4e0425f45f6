"""The identity that a message gives: PID (and ZFD) of PAM.fr as the header of any other flow, with what it claims. Pure.

The patients room reads the traits; here nothing is corrected or completed. What is ambiguous is refused: two birth names, two
valid INS, a name cut by a stray separator.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from plugins.ins.hl7.er7 import Message, Part, Segment
from plugins.ins.hl7.faults import Fault, Unacceptable
from plugins.ins.hl7.reliability import CODES, OBTAINED, Received, reliability

_SEX: Mapping[str, str] = {"M": "M", "F": "F", "U": "I", "A": "I", "O": "I", "N": "I"}
"""HL7 table 0001; all but M and F are « indéterminé » here."""
_DAY = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:\d{2}|\d{4}|\d{6}(?:\.\d{1,4})?)?(?:[+-]\d{4})?\Z", re.ASCII)
_PRECISIONS = frozenset({"", "Y", "L", "D", "H", "M", "S"})
"""HL7 table 0529, second component of a date; anything else is a date cut in two."""
_FORMER_INS = frozenset({"1.2.250.1.213.1.4.2", "1.2.250.1.213.1.4.6", "1.2.250.1.213.1.4.7"})
"""INS-C, obsolete: read and left aside."""


@dataclass(frozen=True, slots=True)
class Sending:
    """Whom a message is read for: the OID under which the numbers of the sender's establishment are kept, and how it names it."""

    identifier_oid: str
    authorities: frozenset[str] = frozenset()

    def owns(self, namespace: str, universal: str) -> bool:
        """Whether an assigning authority (CX-4.1, CX-4.2) is that of the sender's establishment."""
        return bool({namespace, universal} & ({self.identifier_oid} | self.authorities) - {""})


@dataclass(frozen=True, slots=True)
class Incoming:
    """An identity as received: the header for the patients room, the status it claims, its attributes and its proof (ZFD-7)."""

    header: PatientSnapshot
    received: Received
    proof: str = ""
    obtained: str = ""
    doubtful: bool = False
    fictitious: bool = False
    remarks: Sequence[Fault] = ()


@dataclass(slots=True)
class _Notes:
    """Remarks gathered while one identity is read."""

    found: list[Fault] = field(default_factory=list)

    def warn(self, where: str, words: str, code: str = "103") -> None:
        self.found.append(Fault(code, where, words, "W"))


def incoming(pid: Segment, message: Message, sending: Sending, *, today: date) -> Incoming:
    """The identity of a PID, with the ZFD of the message. Raises :class:`Unacceptable`, which names the first field at fault."""
    notes = _Notes()
    ins, numbers = _identifiers(pid, sending, notes, today)
    if not numbers and ins is None:
        raise Unacceptable(Fault("101", pid.where(3), "Identifiant manquant : ni IPP de l'établissement, ni INS"))
    said = reliability([part.text() for part in pid.repetitions(32)], with_ins=ins is not None)
    if said.refused_by:
        words = f"Identité que l'émetteur dit « {CODES[said.refused_by[0]].words.lower()} » : elle n'entre pas"
        raise Unacceptable(Fault("103", pid.where(32), words))
    if said.unknown:
        notes.warn(pid.where(32), "Code de fiabilité inconnu, laissé de côté")
    if said.remarked:
        notes.warn(pid.where(32), f"L'émetteur signale : {CODES[said.remarked[0]].words.lower()}")
    if said.homonym:
        notes.warn(pid.where(32), "L'émetteur signale un homonyme")
    status: Received = said.status
    if pid.text(31).upper() == "Y" and status != "provisoire":
        notes.warn(pid.where(31), "Identité inconnue selon l'émetteur : prise comme provisoire")
        status = "provisoire"
    if ins and status == "provisoire":
        notes.warn(pid.where(3), "INS d'une identité provisoire : elle sert à reconnaître, elle n'est pas prise")
    names = _names(pid, notes)
    zfd = message.first("ZFD")
    header = PatientSnapshot(
        patient_id=None,
        traits=IdentityTraits(**names.traits, sex=_sex(pid), birth_date=_birth_date(pid), **_birth_place(pid, notes)),  # type: ignore[arg-type]  # the reader of sex gives one of three
        status=status,
        used_name=names.used[0],
        used_given_name=names.used[1],
        ins=ins,
        identifiers=tuple(numbers),
        address=_address(pid),
        telecoms=_telecoms(pid),
    )
    proof, obtained = _obtained(zfd, notes)
    return Incoming(header, status, proof, obtained, said.doubtful, said.fictitious, tuple(notes.found))


def number_of(part: Part, sending: Sending) -> InstanceId | None:
    """The establishment's number that a CX gives (type PI, or none said), or nothing when it is another one's."""
    if part.text(1) and not (part.text(4) or part.text(4, 2)):
        raise Unacceptable(Fault("101", part.where, "Identifiant sans autorité d'affectation (CX-4)"))
    number, kind = part.whole(1), part.text(5).upper()
    if not number or kind not in ("PI", "") or not sending.owns(part.text(4), part.text(4, 2)):
        return None
    if len(number) > 64 or not number.isprintable():
        raise Unacceptable(Fault("104", part.where, "IPP de plus de 64 caractères, ou illisible"))
    return InstanceId(sending.identifier_oid, number)


def _identifiers(pid: Segment, sending: Sending, notes: _Notes, today: date) -> tuple[InstanceId | None, Sequence[InstanceId]]:
    valid: dict[InstanceId, None] = {}
    numbers: dict[InstanceId, None] = {}
    for part in pid.repetitions(3):
        if part.text(5).upper() == "INS" or part.text(4, 2) in INS_NATURES:
            found = _ins(part, notes, today)
            if found:
                valid[found] = None
        elif number := number_of(part, sending):
            numbers[number] = None
        elif part.text(5).upper() in ("PI", ""):
            notes.warn(part.where, "IPP d'une autorité que l'émetteur n'a pas déclarée, laissé de côté", "204")
    if len(valid) > 1:
        raise Unacceptable(Fault("102", pid.where(3), "Plusieurs INS en cours : le message ne dit pas laquelle vaut"))
    if len(numbers) > 1:
        raise Unacceptable(Fault("102", pid.where(3), "Plusieurs IPP du même établissement"))
    return next(iter(valid), None), tuple(numbers)


def _ins(part: Part, notes: _Notes, today: date) -> InstanceId | None:
    oid = part.text(4, 2)
    if oid in _FORMER_INS:
        notes.warn(part.where, "INS-C, obsolète, laissé de côté")
        return None
    if not part.whole(1) or oid not in INS_NATURES:
        raise Unacceptable(Fault("103", part.where, "INS sans autorité d'affectation connue (OID en CX-4.2)"))
    end = part.text(8)
    if end and (not _DAY.match(end) or end[:8] < today.strftime("%Y%m%d")):
        notes.warn(part.where, "Ancien INS, laissé de côté")
        return None
    return InstanceId(oid, part.text(1))


@dataclass(frozen=True, slots=True)
class _Named:
    traits: Mapping[str, str]
    used: tuple[str, str]


def _names(pid: Segment, notes: _Notes) -> _Named:
    if any(not part.text(7) for part in pid.repetitions(5)):
        raise Unacceptable(Fault("101", pid.where(5), "Nom sans type (XPN-7)"))
    birth = _alike([part for part in pid.repetitions(5) if part.text(7).upper() == "L"])
    if len(birth) != 1:
        words = "Plusieurs noms de naissance (XPN-7 « L »)" if birth else "Nom de naissance manquant (XPN-7 « L »)"
        raise Unacceptable(Fault("102" if birth else "101", pid.where(5), words))
    family, first, given = birth[0]
    if not family or not first:
        raise Unacceptable(Fault("101", pid.where(5), "Nom ou premier prénom de naissance manquant"))
    if given and not f"{given} ".upper().replace("-", " ").startswith(f"{first} ".upper().replace("-", " ")):
        notes.warn(pid.where(5), "La liste des prénoms (XPN-3) ne commence pas par le premier prénom (XPN-2)", "102")
    used = _alike([part for part in pid.repetitions(5) if part.text(7).upper() == "D"])
    if len(used) > 1:
        notes.warn(pid.where(5), "Plusieurs noms utilisés (XPN-7 « D ») : aucun n'est pris", "102")
    traits = {"birth_name": family, "first_given_name": first, "given_names": given}
    return _Named(traits, used[0][:2] if len(used) == 1 else ("", ""))


def _alike(parts: Collection[Part]) -> Sequence[tuple[str, str, str]]:
    return list(dict.fromkeys((part.whole(1), part.whole(2), part.whole(3)) for part in parts))


def _sex(pid: Segment) -> str:
    text = pid.whole(8).upper()
    if text not in _SEX:
        raise Unacceptable(Fault("103" if text else "101", pid.where(8), "Sexe manquant ou inconnu (M, F, U…)"))
    return _SEX[text]


def _birth_date(pid: Segment) -> str:
    text = pid.whole(7)
    match = _DAY.match(text)
    if not match or pid.text(7, 2).upper() not in _PRECISIONS:
        words = "Date de naissance manquante ou illisible (AAAAMMJJ)"
        raise Unacceptable(Fault("102" if text else "101", pid.where(7), words))
    return "-".join(part for part in match.groups() if part)


def _birth_place(pid: Segment, notes: _Notes) -> Mapping[str, str]:
    places = [part for part in pid.repetitions(11) if part.text(7).upper() == "BDL"]
    found = dict.fromkeys((part.whole(9).upper(), part.text(3)) for part in places)
    if len(found) > 1:
        raise Unacceptable(Fault("102", pid.where(11), "Plusieurs lieux de naissance (XAD-7 « BDL »)"))
    code, name = next(iter(found), ("", ""))
    if not code:
        notes.warn(pid.where(11), "Lieu de naissance absent (XAD-9 sous XAD-7 « BDL »)", "101")
    return {"birth_place_code": code, "birth_place_name": name or pid.text(23)}


def _address(pid: Segment) -> Mapping[str, Any] | None:
    home = next((part for part in pid.repetitions(11) if part.text(7).upper() in ("H", "C")), None)
    if home is None:
        return None
    texts = {
        "street": home.text(1),
        "locator": home.text(2),
        "city": home.text(3),
        "postal_code": home.text(5),
        "country": home.text(6),
    }
    kept = {key: text[:200] for key, text in texts.items() if text}
    return {"use": "H", **kept} if kept else None


def _telecoms(pid: Segment) -> Sequence[Mapping[str, str]]:
    kept: dict[str, str] = {}
    for part in [*pid.repetitions(13), *pid.repetitions(14)]:
        mail, number = part.text(4), part.text(12) or part.text(1)
        value = f"mailto:{mail}" if "@" in mail else f"tel:{re.sub(r'[^0-9+]', '', number)}" if re.search(r"\d", number) else ""
        if value and len(value) < 200:
            kept.setdefault(value, "WP" if part.text(2).upper() == "WPN" else "MC" if part.text(3).upper() == "CP" else "H")
    return [{"value": value, "use": use} for value, use in list(kept.items())[:10]]


def _obtained(zfd: Segment | None, notes: _Notes) -> tuple[str, str]:
    if zfd is None:
        return "", ""
    if zfd.text(1):
        notes.warn(zfd.where(1), "Date lunaire : gardée dans le message, PID-7 fait foi", "102")
    obtained = zfd.text(5).upper()
    return zfd.text(7)[:10].upper(), obtained if obtained in OBTAINED else ""
