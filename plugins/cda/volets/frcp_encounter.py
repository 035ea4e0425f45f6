"""The meeting of a FRCP: what was done (documentationOf) and where (componentOf), header, §1.1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element

from plugins.cda.codecs.actors import ASSIGNED_ENTITY, add_organisation, fill_role, read_role
from plugins.cda.codecs.datatypes import (
    CISIS,
    Code,
    add_address,
    add_coded,
    add_id,
    code_attributes,
    read_address,
    read_code,
    read_coded,
    read_id,
    text_child,
)
from plugins.cda.codecs.reading import Reading
from plugins.cda.codecs.times import moment_attributes, read_moment
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import Q, add, child, children, text_of
from plugins.cda.volets.people import said
from plugins.cda.volets.typed_ids import typed_id, typed_parts

_MEETING = Code("39", "Réunion de Concertation Pluridisciplinaire (RCP)", "1.2.250.1.213.3.3.13")
_TOPOGRAPHY = Code("GEN-243", "Topographie", CISIS)
_SEPARATOR = " / "
_NAMES = ("frcp.rcp.rrc_nom", "frcp.rcp.gestionnaire_nom", "frcp.rcp.denomination")


class Events:
    """documentationOf: the meeting (names, start, who led it), then the topography of the primary tumour."""

    tags = ("documentationOf",)
    start, leader = "frcp.rcp.debut", "frcp.rcp.executant"
    day, coordinator = "frcp.rcp.date", "frcp.participants.coordonnateur"

    def encode(self, root: _Element, out: Writing) -> None:
        answers = out.document.answers
        event = add(add(root, "documentationOf"), "serviceEvent", {"classCode": "ACT"})
        code = add(event, "code", _MEETING.attributes)
        names = (*(_name(answers.get(key)) for key in _NAMES[:2]), answers.get(_NAMES[2]) or "-")
        add(code, "originalText", text=_SEPARATOR.join(names))
        start = answers.get(self.start) or answers.get(self.day)
        add(add(event, "effectiveTime"), "low", moment_attributes(start))
        _add_leader(event, answers.get(self.leader) or answers.get(self.coordinator) or {})
        _add_topography(root, answers)

    def decode(self, element: _Element, inp: Reading) -> None:
        event = child(element, "serviceEvent")
        code = child(event, "code") if event is not None else None
        if event is None or code is None:
            inp.unknown(element, "Acte documenté", text_of(element))
        elif child(event, "performer") is not None or code.get("code") == _MEETING.code:
            self._decode_meeting(event, code, inp)
        else:
            inp.header.setdefault("topographies", []).append((element, read_code(code), text_child(code, "originalText")))

    def _decode_meeting(self, event: _Element, code: _Element, inp: Reading) -> None:
        names = text_child(code, "originalText") or (inp.header.get("title") or "").removeprefix("FRCP ")
        parts = names.split(_SEPARATOR, 2)
        for key, name in zip(_NAMES if len(parts) == 3 else _NAMES[2:], parts if len(parts) == 3 else [names], strict=True):
            if name and name != "-":
                inp.answers.update(inp.take(key, name))
        time = child(event, "effectiveTime")
        low = child(time, "low") if time is not None else None
        if low is not None:
            inp.answers.update(read_moment(self.start, low, inp))
        performer = child(event, "performer")
        if performer is not None:
            leader = read_role(child(performer, "assignedEntity"), ASSIGNED_ENTITY)
            comment = text_child(child(performer, "functionCode"), "originalText")
            if leader is not None:
                inp.answers.update(inp.take(self.leader, {**leader, "comment": comment} if comment else leader))
            for extra in performer.itersiblings(Q + "performer"):
                inp.unknown(extra, "Autre exécutant de la RCP", said(extra))


def _name(value: Any) -> str:
    """One of the first two names: the separator would cut it when it is read back."""
    return (value or "-").replace(_SEPARATOR, "/")


def _add_leader(event: _Element, leader: Mapping[str, Any]) -> None:
    """The main act wants its performer's organisation with a practice setting (structuration minimale)."""
    performer = add(event, "performer", {"typeCode": "PRF"})
    if leader.get("comment"):
        add(add(performer, "functionCode", {"nullFlavor": "NA"}), "originalText", text=leader["comment"])
    entity = add(performer, "assignedEntity")
    fill_role(entity, {**leader, "organisation": None}, ASSIGNED_ENTITY)
    add_organisation(entity, "representedOrganization", leader.get("organisation") or {}, sector_required=True)


def _add_topography(root: _Element, answers: Mapping[str, Any]) -> None:
    rows = answers.get("frcp.tumeurs") or ()
    value = next((v for row in rows if (v := row["values"].get("frcp.tumeurs.topographie"))), None)
    if value is None:
        return
    event = add(add(root, "documentationOf"), "serviceEvent", {"classCode": "ACT"})
    if value.get("code"):
        add(event, "code", code_attributes(value))
    else:
        add(add(event, "code", _TOPOGRAPHY.attributes), "originalText", text=value["text"])


def check_topographies(inp: Reading) -> None:
    """Keep the topography of the header when it is that of no tumour of the body."""
    known = {
        part
        for row in inp.answers.get("frcp.tumeurs") or ()
        for part in (row["values"].get("frcp.tumeurs.topographie") or {}).values()
    }
    for element, code, words in inp.header.get("topographies", ()):
        said = words or (code["label"] if code else "")
        if (words if not code or code["code"] == _TOPOGRAPHY.code else code["code"]) not in known:
            inp.section = ""
            inp.unknown(element, "Topographie annoncée dans l'en-tête", f"{code['code']} {said}" if code else said)


@dataclass(frozen=True)
class _Known:
    """A national identifier of the meeting, by its root."""

    root: str
    key: str


_IDENTIFIERS = (
    _Known("1.2.250.1.161.1.20.1.1", "frcp.rcp.rrc_identifiant"),
    _Known("1.2.250.1.161.1.20.2.1", "frcp.rcp.gestionnaire_identifiant"),
    _Known("1.2.250.1.161.1.20.3.1", "frcp.rcp.identifiant"),
    _Known("1.2.250.1.213.1.1.9", "frcp.rcp.session_identifiant"),
)
_LOCAL = "frcp.rcp.identifiants_locaux"


class Encounter:
    """componentOf: identifiers of the meeting, its date, its kind, where it takes place."""

    tags = ("componentOf",)
    day, kind = "frcp.rcp.date", "frcp.rcp.type_prise_en_charge"
    place, sector = "frcp.rcp.etablissement", "frcp.rcp.secteur"

    def encode(self, root: _Element, out: Writing) -> None:
        answers = out.document.answers
        encounter = add(add(root, "componentOf"), "encompassingEncounter")
        for known in _IDENTIFIERS:
            if answers.get(known.key):
                add_id(encounter, {"root": known.root, "extension": answers[known.key]})
        for row in answers.get(_LOCAL) or ():
            add_id(encounter, local_id(row["values"]))
        add_coded(encounter, "code", answers.get(self.kind) or {})
        add(add(encounter, "effectiveTime"), "low", moment_attributes(answers.get(self.day)))
        self._add_place(encounter, answers)

    def _add_place(self, encounter: _Element, answers: Mapping[str, Any]) -> None:
        place = answers.get(self.place) or {}
        facility = add(add(encounter, "location"), "healthCareFacility")
        add_id(facility, place.get("id"))
        if answers.get(self.sector):
            add(facility, "code", code_attributes(answers[self.sector]))
        else:
            add(facility, "code", {"nullFlavor": "NI"})
        location = add(facility, "location")
        add(location, "name", None if place.get("name") else {"nullFlavor": "NI"}, place.get("name"))
        if place.get("address"):
            add_address(location, place["address"])
        else:
            add(location, "addr", {"nullFlavor": "NI"})

    def decode(self, element: _Element, inp: Reading) -> None:
        encounter = child(element, "encompassingEncounter")
        if encounter is None:
            return
        for item in children(encounter, "id"):
            self._decode_id(read_id(item), inp)
        kind = read_coded(child(encounter, "code"))
        if kind:
            inp.answers.update(inp.take(self.kind, kind))
        time = child(encounter, "effectiveTime")
        if time is not None:
            low = child(time, "low")
            inp.answers.update(read_moment(self.day, low if low is not None else time, inp))
        facility = child(encounter, "location")
        facility = child(facility, "healthCareFacility") if facility is not None else None
        if facility is not None:
            self._decode_place(facility, inp)

    def _decode_place(self, facility: _Element, inp: Reading) -> None:
        sector = read_code(child(facility, "code"))
        if sector:
            inp.answers.update(inp.take(self.sector, sector))
        location = child(facility, "location")
        name = text_child(location, "name")
        if location is None or not name:
            return
        read = {"name": name, "id": read_id(child(facility, "id")), "address": read_address(child(location, "addr"))}
        inp.answers.update(inp.take(self.place, {key: item for key, item in read.items() if item}))

    @staticmethod
    def _decode_id(identifier: dict[str, str] | None, inp: Reading) -> None:
        if identifier is None:
            return
        extension = identifier.get("extension", "")
        known = next((k for k in _IDENTIFIERS if k.root == identifier["root"]), None)
        if known is not None and known.key not in inp.answers and extension:
            inp.answers.update(inp.take(known.key, extension))
            return
        values = local_values(identifier)
        rows = inp.answers.setdefault(_LOCAL, [])
        rows.append({"id": inp.row_id(_LOCAL, len(rows) + 1), "values": values})


def local_id(values: Mapping[str, Any]) -> dict[str, str]:
    """A local identifier of the meeting, whatever was typed as its root; a national root is no local one."""
    national = {known.root for known in _IDENTIFIERS}
    return typed_id(values.get(f"{_LOCAL}.racine") or "", values.get(f"{_LOCAL}.valeur") or "", kept_for_others=national)


def local_values(identifier: Mapping[str, str]) -> dict[str, str]:
    """The reverse of :func:`local_id`."""
    root, value = typed_parts(identifier)
    return {key: text for key, text in ((f"{_LOCAL}.racine", root), (f"{_LOCAL}.valeur", value)) if text}
