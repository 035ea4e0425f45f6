"""Documents that no volet describes: their header, and their PDF (XDS-SD, « spécifications du contenu minimal » of CI-SIS).

One tree for any type of document that declares a code of JDV_J07 (:class:`dcc.contracts.capabilities.LevelOne`): the header holds
what the platform knows of every document, and nothing of the answers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from lxml.etree import _Element

from dcc.contracts.capabilities import LevelOne
from dcc.contracts.snapshots import HeaderActor
from plugins.cda.codecs.actors import ASSIGNED_ENTITY, add_organisation, fill_role, read_role
from plugins.cda.codecs.datatypes import Code, add_address, add_id, instant
from plugins.cda.codecs.header import (
    UNNUMBERED,
    Authors,
    Custodian,
    Identification,
    LegalAuthenticator,
    Replaced,
    preamble,
    with_header_id,
)
from plugins.cda.codecs.patient import Patient, Relatives
from plugins.cda.codecs.reading import Reading
from plugins.cda.codecs.tree import DocumentTree, EncapsulatedPdf
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add, child, text_of
from plugins.cda.volets.people import MEMBER

XDS_SD = "1.3.6.1.4.1.19376.1.2.20"
UNDEFINED = Code("SA43", "Secteur non défini", "1.2.250.1.71.4.2.4")
"""The structure wants a code of JDV_J02, and what keeps a document is known without one."""


class WrittenAct:
    """documentationOf: the structure wants an act, whose performer's organisation has a practice setting.

    No act is coded: it is the writing of the document, from the first contribution, by who answers for it.
    """

    tags = ("documentationOf",)

    def encode(self, root: _Element, out: Writing) -> None:
        event = add(add(root, "documentationOf"), "serviceEvent", {"classCode": "ACT"})
        actor = _responsible(out)
        add(add(event, "effectiveTime"), "low", {"value": instant(_begun(out))})
        entity = add(add(event, "performer", {"typeCode": "PRF"}), "assignedEntity")
        professional = with_header_id(actor.professional, out) if actor else {}
        fill_role(entity, {**professional, "organisation": None}, ASSIGNED_ENTITY)
        organisation = professional.get("organisation") or out.document.custodian
        add_organisation(entity, "representedOrganization", organisation, sector_required=True)

    def decode(self, element: _Element, inp: Reading) -> None:
        """Say who did the act when it is nobody of the header."""
        event = child(element, "serviceEvent")
        performer = child(event, "performer") if event is not None else None
        read = read_role(child(performer, "assignedEntity"), ASSIGNED_ENTITY) if performer is not None else None
        code = child(event, "code") if event is not None else None
        if code is not None or _identity(read) not in {_identity(person) for person in _people(inp)}:
            inp.unknown(element, "Acte documenté", " ".join(text_of(element).split()))


class Kept:
    """componentOf: where the document was written, the establishment that keeps it."""

    tags = ("componentOf",)

    def encode(self, root: _Element, out: Writing) -> None:
        encounter = add(add(root, "componentOf"), "encompassingEncounter")
        add(add(encounter, "effectiveTime"), "low", {"value": instant(_begun(out))})
        place = out.document.custodian
        facility = add(add(encounter, "location"), "healthCareFacility")
        add_id(facility, place.get("id"))
        add(facility, "code", UNDEFINED.attributes)
        location = add(facility, "location")
        add(location, "name", text=place.get("name") or "-")
        if place.get("address"):
            add_address(location, place["address"])
        else:
            add(location, "addr", {"nullFlavor": "NI"})

    def decode(self, element: _Element, inp: Reading) -> None:
        """Say where it was when that is not the custodian."""
        name = " ".join(text_of(element).split())
        kept = (inp.header.get("custodian") or {}).get("name", "")
        if name and not name.startswith(kept or "\0"):
            inp.unknown(element, "Prise en charge", name)


def _responsible(out: Writing) -> HeaderActor | None:
    document = out.document
    return document.legal_authenticator or (document.authors[0] if document.authors else None)


def _begun(out: Writing) -> Any:
    return min((author.time for author in out.document.authors), default=out.document.effective_time)


def _people(inp: Reading) -> list[Any]:
    actors = [inp.header.get("legal_authenticator"), *inp.header.get("authors", ())]
    return [actor.professional for actor in actors if actor is not None]


def _identity(person: Any) -> tuple[Any, ...]:
    """Who a professional is: national identifier if there is one, and family name."""
    identifier = (person or {}).get("id") or {}
    numbered = identifier if identifier.get("root") != UNNUMBERED else {}
    return numbered.get("extension"), (person or {}).get("family")


@cache
def level_one_tree(document_type: str, version: str, declared: LevelOne) -> DocumentTree:
    """The tree of a type of document, of which ``version`` is that of its catalogue, under the code it declares."""
    code = Code(declared.code, declared.label, declared.system)
    return DocumentTree(
        document_type=document_type,
        volet_version=version,
        code=code,
        template=XDS_SD,
        header=(
            preamble((XDS_SD, "")),
            Identification(code, "cda-n1"),
            Patient(),
            Authors(MEMBER),
            Relatives(),
            Custodian(),
            LegalAuthenticator(""),
            WrittenAct(),
            Replaced("cda-n1"),
            Kept(),
        ),
        body=EncapsulatedPdf(is_copy=False),
    )
