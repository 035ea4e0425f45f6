"""Our requests and the samples of the reference: equal slot by slot, but for what is listed with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from dcc.contracts import xds
from dcc.contracts.xds.tests.facts import Fact, facts
from plugins.dmp.transactions import existence, query, retrieval, submission, update
from plugins.dmp.transactions.lot_signature import LotSignature, sign
from plugins.dmp.transactions.signing import Signer
from plugins.dmp.transactions.tests.exchanges import CALLER, INS, SETTINGS, lot_of, reference_cda, sample
from tests.proofs.recorder import Proof

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
HIDDEN = xds.Code("INVISIBLE_PATIENT", "1.2.250.1.213.1.1.4.13", "Non visible par le patient")
NORMAL = xds.Code("N", "2.16.840.1.113883.5.25", "Normal")
FRCP, PPS = "CANCER-FRCP_2022.01_Appareil.xml", "CANCER-PPS_2022.01_feuille-de-style-externe.xml"
FRCP_ID, PPS_ID = "1.2.250.1.213.1.1.1.8.2022.1.1", "1.2.250.1.213.1.1.1.26.2022.2.1"
OLD = "urn:uuid:1f1f7d8e-6a1b-4f0a-9d7b-0a6f5a1c0002"
AUTHOR, LOT_UNIQUE = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d", "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
ENTRY_UNIQUE = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
OLD_LOGICAL = "urn:uuid:5d3c2b1a-0000-4000-8000-000000000001"

Place = tuple[str, str, str]

ALWAYS: Mapping[Place, str] = {
    ("lot", "Slot", "submissionTime"): "l'heure de chaque envoi",
    ("lot", "ExternalIdentifier", LOT_UNIQUE): "l'identifiant de chaque envoi",
    ("lot", "Name", ""): "le lot porte le titre de son document",
}
"""Why a value of ours differs from that of any sample."""

OF_DOCUMENTS: Mapping[Place, str] = {
    **ALWAYS,
    ("document", "Classification", AUTHOR): "le CDA dit un autre numéro, une autre structure et un rôle",
    ("document", "Description", ""): "le CDA n'a pas de commentaire (cardinalité 0..1), l'échantillon répète le titre",
    ("document", "Slot", "hash"): "l'échantillon porte un CDA bouchon",
    ("document", "Slot", "size"): "l'échantillon porte un CDA bouchon",
    ("document", "Slot", "sourcePatientId"): "le CDA a un IPP ; l'INS n'y vient qu'à défaut (§2.3)",
}
OF_PPS: Mapping[Place, str] = {
    **OF_DOCUMENTS,
    ("document", "ExternalIdentifier", ENTRY_UNIQUE): "l'échantillon est une deuxième version du même document",
    ("document", "Slot", "serviceStartTime"): "le CDA dit +0100, l'échantillon le lit à +0200",
}
OF_SIGNATURES: Mapping[Place, str] = {
    **OF_DOCUMENTS,
    ("document", "ExternalIdentifier", ENTRY_UNIQUE): "l'identifiant de la signature est celui de chaque lot",
    ("document", "Slot", "creationTime"): "la signature est de l'heure de l'envoi",
    ("document", "Slot", "serviceStartTime"): "la signature est de l'heure de l'envoi",
}


def deposit(name: str, **changes: Any) -> xds.Submission:
    """The lot that we make of an official CDA."""
    lot = lot_of(reference_cda(name))
    lot = xds.Submission(lot.lot, [replace(entry, **changes) for entry in lot.entries])
    return submission.prepared(CALLER, INS, SETTINGS, lot)


def signature_of(own: Signer) -> LotSignature:
    """The signature of the lot of the FRCP, the same each time."""
    lot, at = deposit(FRCP, confidentiality=(NORMAL, HIDDEN)), datetime(2026, 3, 1, 8, tzinfo=UTC)
    return sign(lot, {FRCP_ID: reference_cda(FRCP)}, own, unique_id="2.25.13", author=lot.lot.authors[0], at=at)


def signed_lot(own: Signer) -> etree._Element:
    """The lot with its signature."""
    lot = deposit(FRCP, confidentiality=(NORMAL, HIDDEN))
    both = replace(lot, entries=(*lot.entries, signature_of(own).entry))
    return submission.request(both, associations=[submission.signs(1)])


def changed(visible: bool) -> etree._Element:
    """What the registry says of the FRCP, revealed."""
    (found,) = query.entries(sample("iti57_rendre_visible_patient.xml"))
    held = replace(found.entry, confidentiality=(NORMAL, HIDDEN) if visible else (NORMAL,))
    lot = xds.SubmissionSet("2.25.4", "", "20190301080000", "FRCP rendue visible au patient")
    lot = submission.lot_of(CALLER, INS, SETTINGS, lot)
    return update.metadata(lot, replace(found, entry=held), replace(held, confidentiality=(NORMAL,)))


def status(new: Any, uuid: str, title: str) -> etree._Element:
    lot = submission.lot_of(CALLER, INS, SETTINGS, xds.SubmissionSet("2.25.5", "", "20190301080000", title))
    return update.status(lot, uuid, new)


def target(name: str) -> str:
    """What a sample of a change of status is about."""
    return next(each.get("targetObject", "") for each in sample(name).iter(f"{RIM}Association"))


SINCE, LOTS_SINCE = datetime(2024, 3, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
FORMATS = [
    xds.Code("urn:asip:ci-sis:frcp:2011", "1.2.250.1.213.1.1.4.2.282"),
    xds.Code("urn:asip:ci-sis:pps-cancer:2017", "1.2.250.1.213.1.1.4.2.282"),
]
METADATA: Mapping[str, tuple[Callable[[Signer], etree._Element], Mapping[Place, str]]] = {
    "iti41_frcp_invisible_patient.xml": (
        lambda _own: submission.request(deposit(FRCP, confidentiality=(NORMAL, HIDDEN))),
        OF_DOCUMENTS,
    ),
    "iti41_pps_visible_rplc.xml": (lambda _own: submission.request(deposit(PPS, replaces=OLD)), OF_PPS),
    "iti41_lot_signe.xml": (signed_lot, OF_SIGNATURES),
    "iti57_rendre_visible_patient.xml": (lambda _own: changed(visible=True), ALWAYS),
    "iti57_supprimer.xml": (lambda _own: status("Deleted", target("iti57_supprimer.xml"), "delete"), ALWAYS),
    "iti57_archiver.xml": (lambda _own: status("Archived", target("iti57_archiver.xml"), "archive"), ALWAYS),
}
"""Requests that describe documents: the sample, ours, and how they may differ."""

EXACT: Mapping[str, Callable[[], etree._Element]] = {
    "iti18_finddocuments_frcp_pps.xml": lambda: query.find_documents(
        INS, types=["34794-8", "18776-5"], since=SINCE, formats=FORMATS
    ),
    "iti18_findsubmissionsets.xml": lambda: query.find_lots(INS, since=LOTS_SINCE),
    "iti18_getdocuments_entryuuid.xml": lambda: query.get_documents(unique_ids=[FRCP_ID], returns="ObjectRef"),
    "iti18_getdocuments_leafclass.xml": lambda: query.get_documents(unique_ids=[FRCP_ID]),
    "iti43_retrievedocumentset.xml": lambda: retrieval.request([FRCP_ID]),
}
"""Requests that are the sample itself, canonicalized."""


def grouped(root: etree._Element) -> Mapping[Place, list[Any]]:
    """Facts by place, whatever the order of slots and classifications."""
    found: dict[Place, list[Any]] = {}
    held: list[Fact] = facts(etree.tostring(root))
    for item in root.iter(f"{RIM}Classification"):
        if item.get("classificationNode"):
            held.append(("lot", "node", item.get("classificationNode", ""), item.get("classifiedObject")))
    for *place, said in held:
        found.setdefault((place[0], place[1], place[2]), []).append(said)
    return found


def differing(name: str, own: Signer) -> Mapping[Place, tuple[Any, Any]]:
    """Where ours and the sample differ."""
    ours, theirs = grouped(METADATA[name][0](own)), grouped(sample(name))
    return {place: (ours.get(place), theirs.get(place)) for place in {*ours, *theirs} if ours.get(place) != theirs.get(place)}


@pytest.mark.parametrize("name", METADATA)
def test_ours_says_what_the_sample_says_slot_by_slot(name: str, signer: Signer) -> None:
    found = differing(name, signer)
    assert {place: values for place, values in found.items() if place not in METADATA[name][1]} == {}


def test_every_justification_serves(signer: Signer) -> None:
    """A difference that no sample shows any more leaves the table."""
    shown = {place for name in METADATA for place in differing(name, signer)}
    assert shown == {place for _make, allowed in METADATA.values() for place in allowed}


@pytest.mark.parametrize("name", EXACT)
def test_a_query_is_the_sample(name: str) -> None:
    assert canonical(EXACT[name]()) == canonical(sample(name))


def test_the_test_of_existence_is_the_sample() -> None:
    """But for the identifiers of the message, the root of which is ours: the sample has a place holder."""
    theirs = next(sample("td02_prpa_in201307_envelope.xml").iter("{urn:hl7-org:v3}PRPA_IN201307UV02"))
    keys = ("00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003")
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    ours = existence.request(INS, replace(SETTINGS, software="DCC"), key=keys[0], query_key=keys[1], at=at)
    for element in ours.iter("{*}id", "{*}queryId"):
        if element.get("extension"):
            element.set("root", "2.25.1")
    assert canonical(ours) == canonical(theirs)


def canonical(root: etree._Element) -> bytes:
    """Canonical XML, blanks and comments apart."""
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True)
    return etree.tostring(etree.fromstring(etree.tostring(root, with_tail=False), parser), method="c14n", exclusive=True)


@pytest.mark.prove
def test_what_differs_from_the_samples(proof: Proof, signer: Signer) -> None:
    figures: dict[str, str] = {}
    for name, (make, allowed) in METADATA.items():
        reasons = [allowed[place] for place in differing(name, signer)]
        count = sum(len(values) for values in grouped(make(signer)).values())
        figures[name] = f"{count} faits comparés, {len(reasons)} différences : {' ; '.join(sorted(set(reasons)))}"
    figures |= {name: "identique, XML canonique" for name in EXACT if canonical(EXACT[name]()) == canonical(sample(name))}
    assert len(figures) == len(METADATA) + len(EXACT)
    proof.record(issue=8, title="Demandes au DMP face aux échantillons de référence", figures=figures)
