"""Who takes part in the meeting of a FRCP, and the inscription to it (header, §1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.actors import ASSOCIATED_ENTITY, fill_role, read_role
from plugins.cda.codecs.datatypes import Code, add_id, read_id, text_child
from plugins.cda.codecs.reading import Reading
from plugins.cda.codecs.writing import Writing, document_oid
from plugins.cda.codecs.xml import add, child, text_of
from plugins.cda.volets.people import FUNCTIONS, LINE, MEMBER, PHYSICIAN, said
from plugins.cda.volets.typed_ids import OID_OR_UUID


@dataclass(frozen=True)
class Participation:
    """One role around the meeting: how it is coded, which answer (or group, with its column) holds it."""

    type_code: str
    function: Code | None
    comment: str
    key: str
    column: str = ""
    also: tuple[str, ...] = ()


PARTICIPATIONS = (
    Participation("RESP", None, "PS Coordonnateur de la RCP", "frcp.participants.coordonnateur"),
    Participation("REFB", None, "PS Demandeur", "frcp.participants.demandeur"),
    Participation("PRF", None, "PS Présentateur", "frcp.participants.presentateur"),
    Participation("INF", PHYSICIAN, "Médecin traitant", "frcp.participants.medecin_traitant"),
    Participation("PRF", MEMBER, "Participant du quorum", "frcp.participants.quorum", "frcp.participants.quorum.professionnel"),
    Participation(
        "PRF",
        Code("CORRE", "Correspondant", FUNCTIONS),
        "Participant hors quorum",
        "frcp.participants.hors_quorum",
        "frcp.participants.hors_quorum.professionnel",
    ),
    Participation(
        "CON",
        Code("CORRE", "Médecin correspondant", FUNCTIONS),
        "PS Correspondant",
        "frcp.participants.correspondants",
        "frcp.participants.correspondants.professionnel",
        also=("Médecin correspondant",),
    ),
)
_BY_ROLE: Mapping[tuple[str, str], Participation] = {
    (p.type_code, p.function.code if p.function else ""): p for p in PARTICIPATIONS
}


class Participants:
    """participant, one for each professional of the meeting."""

    tags = ("participant",)

    def encode(self, root: _Element, out: Writing) -> None:
        for role in PARTICIPATIONS:
            value = out.document.answers.get(role.key)
            people = [row["values"].get(role.column) for row in value or ()] if role.column else [value]
            for person in people:
                if person:
                    self._add(root, role, person)

    @staticmethod
    def _add(root: _Element, role: Participation, person: Mapping[str, Any]) -> None:
        element = add(root, "participant", {"typeCode": role.type_code})
        function = add(element, "functionCode", role.function.attributes if role.function else {"nullFlavor": "NA"})
        add(function, "originalText", text=person.get("comment") or role.comment)
        add(element, "time", {"nullFlavor": "UNK"})
        if "null" in person:
            add(element, "associatedEntity", {"classCode": "PROV", "nullFlavor": person["null"]})
            return
        fill_role(add(element, "associatedEntity", {"classCode": "PROV"}), person, ASSOCIATED_ENTITY)

    def decode(self, element: _Element, inp: Reading) -> None:
        function, entity = child(element, "functionCode"), child(element, "associatedEntity")
        code = (function.get("code") or "") if function is not None else ""
        type_code = element.get("typeCode") or ""
        role = _BY_ROLE.get((type_code, code)) or (_BY_ROLE.get((type_code, "")) if type_code in ("RESP", "REFB") else None)
        if role is None or entity is None or (not role.column and role.key in inp.answers):
            inp.unknown(element, "Participant : " + (text_child(function, "originalText") or "rôle inconnu"), said(entity))
            return
        comment = text_child(function, "originalText")
        self._take(role, entity, comment if comment not in (role.comment, *role.also) else "", element, inp)

    @staticmethod
    def _take(role: Participation, entity: _Element, comment: str, element: _Element, inp: Reading) -> None:
        null = entity.get("nullFlavor")
        person = read_role(entity, ASSOCIATED_ENTITY)
        if person is None and null and not role.column:
            inp.answers.update(inp.take(role.key, {"null": null}))
            return
        if person is None:
            inp.unknown(element, f"Participant sans nom : {role.comment}", said(entity))
            return
        found = inp.take(role.column or role.key, {**person, "comment": comment} if comment else person)
        if not role.column:
            inp.answers.update(found)
        elif found:
            rows = inp.answers.setdefault(role.key, [])
            rows.append({"id": inp.row_id(role.key, len(rows) + 1), "values": found})


OWN_INSCRIPTIONS = document_oid("inscriptions")
"""Root of inscription numbers that are neither an OID nor a UUID."""


class Inscription:
    """inFulfillmentOf: number of the inscription to the session, and its comment."""

    tags = ("inFulfillmentOf",)
    number, comment = "frcp.rcp.inscription_numero", "frcp.rcp.inscription_commentaire"

    def encode(self, root: _Element, out: Writing) -> None:
        number, comment = out.document.answers.get(self.number), out.document.answers.get(self.comment)
        if number is None:
            return
        order = add(add(root, "inFulfillmentOf"), "order")
        add_id(order, inscription_id(number))
        if comment:
            add(add(order, "code", {"nullFlavor": "NA"}), "originalText", text=comment.replace("\n", LINE))

    def decode(self, element: _Element, inp: Reading) -> None:
        order = child(element, "order")
        identifier = read_id(child(order, "id")) if order is not None else None
        if identifier is None or self.number in inp.answers:
            inp.unknown(element, "Prescription ou inscription", text_of(element))
            return
        inp.answers.update(inp.take(self.number, inscription_number(identifier)))
        comment = text_child(child(order, "code") if order is not None else None, "originalText")
        if comment:
            inp.answers.update(inp.take(self.comment, comment.replace(LINE, "\n")))


def inscription_id(number: str) -> dict[str, str]:
    """An inscription number as an identifier: an OID or UUID stands alone, ``root^extension`` is both; others get our root."""
    root, caret, extension = number.partition("^")
    if OID_OR_UUID.match(root) and bool(caret) == bool(extension):
        return {"root": root, "extension": extension} if extension else {"root": root}
    return {"root": OWN_INSCRIPTIONS, "extension": number}


def inscription_number(identifier: Mapping[str, str]) -> str:
    """The reverse of :func:`inscription_id`."""
    if identifier["root"] == OWN_INSCRIPTIONS:
        return identifier.get("extension", "")
    return "^".join(part for part in (identifier["root"], identifier.get("extension", "")) if part)
