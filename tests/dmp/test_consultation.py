"""The search at the opening of a file, over mutual TLS against the stand-in, with the reader of the platform ("Shown by" 5).

Forty documents of five types wait there; what a hostile one does; what the search costs beside the delay of the DMP itself.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from dcc.accounts.models import Facility, User
from dcc.contracts.capabilities import Reader
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.testing import make_registry
from dcc.events.api import drain
from dcc.patients import api as patients
from plugins.cda.api import CdaReader
from plugins.dmp.apps import DmpSettings
from plugins.dmp.consultation import cache, registering
from plugins.dmp.consultation.elsewhere import DocumentsOfTheDmp
from plugins.dmp.consultation.tests.conftest import MODULES, connect, seen_by, words
from plugins.dmp.consultation.told import Told
from plugins.dmp.models import Consent, FoundDocument, Search, TrustSession
from plugins.dmp.patient.services import Through
from plugins.dmp.transactions.types import Dmp
from plugins.sandbox.dmp.moods import TRAPS
from tests.dmp.fixtures import RunningDmp
from tests.dmp.test_transactions import caller_of, client_of
from tests.fixtures import reference_dir
from tests.proofs.recorder import Proof

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
INS = "279035121518989"
FOLDER = Path("cda-kit/ExemplesCDA")
SAMPLES = (
    ("CANCER-PPS_2025.01.xml", ""),
    ("CANCER-FRCP_2025.01_Appareil.xml", ""),
    ("VSM_1.4_2022.01.xml", ""),
    ("CANCER-CR-GM_2022.01_AnalyseRealisee.xml", ""),
    ("VSM_1.4_2022.01.xml", "60568-3"),
)
"""File, and the code it is given: of the five types one has no sample."""
NS = {"c": "urn:hl7-org:v3"}


def document(number: int, *, extra: bytes = b"") -> bytes:
    """A document of the patient, validated, of a family of its own, about an act of some days ago."""
    name, code = SAMPLES[number % len(SAMPLES)]
    root = etree.fromstring((reference_dir() / FOLDER / name).read_bytes())
    day = (timezone.now() - timedelta(days=number)).strftime("%Y%m%d")
    for tag in ("id", "setId"):
        _change(root, f"c:{tag}", root=f"2.25.{uuid4().int}", extension=None)
    _change(root, "c:versionNumber", value="1")
    _change(root, "c:documentationOf/c:serviceEvent/c:effectiveTime/c:low", value=day)
    _change(root, ".//c:observation[c:code/@code='GEN-065']/c:value", code="9571008")
    _change(root, "c:recordTarget/c:patientRole/c:id[1]", root="1.2.250.1.213.1.4.10", extension=INS)
    if code:
        _change(root, "c:code", code=code, codeSystem="2.16.840.1.113883.6.1")
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return text.replace(b"</ClinicalDocument>", extra + b"</ClinicalDocument>")


def _change(root: etree._Element, path: str, /, **attributes: str | None) -> None:
    """Give elements other attributes; ``None`` takes one away."""
    found = root.xpath(path, namespaces=NS)
    for element in found if isinstance(found, list) else ():
        assert isinstance(element, etree._Element)
        for name, value in attributes.items():
            if value is not None:
                element.set(name, value)
            elif name in element.attrib:
                del element.attrib[name]


@dataclass(frozen=True, slots=True)
class Site:
    """The platform before the stand-in: who works there, on whom."""

    running: RunningDmp
    actor: User
    patient_id: UUID
    dmp: Timed

    def fill(self, count: int) -> list[str]:
        """So many documents wait there."""
        return [self.running.service.put(document(n), patient=INS) for n in range(count)]

    def search(self) -> list[str]:
        """Open the patient in a new session, let the worker work; what the page says then."""
        TrustSession.objects.update(ended_at=timezone.now())
        connect(self.actor)
        assert seen_by(self.actor, self.patient_id).pending
        drain()
        return words(seen_by(self.actor, self.patient_id))

    def held(self) -> list[Told]:
        """What can be read."""
        return [told for _row, told in cache.held(self.patient_id, self.actor.pk)]

    def forget(self) -> None:
        """As if nothing had ever been looked for."""
        FoundDocument.objects.all().delete()
        Search.objects.all().delete()
        Consent.objects.all().delete()


@pytest.fixture
def qualified(alice: User, facility: Facility, patient_id: UUID) -> UUID:
    """The patient of alice's establishment, qualified."""
    ins = InstanceId("1.2.250.1.213.1.4.10", INS)
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=ins)
    return patient_id


@pytest.fixture
def site(
    running_dmp: RunningDmp, alice: User, qualified: UUID, frcp_form: Any, pps_form: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """Alice's establishment, whose proxy is that of the stand-in."""
    settings = DmpSettings(**running_dmp.settings())
    for module in MODULES:
        monkeypatch.setattr(f"plugins.dmp.consultation.{module}.in_force", lambda: settings)
    dmp, caller = Timed(client_of(running_dmp)), caller_of(running_dmp)

    def way(_user: User) -> Through:
        return Through(cast("Dmp", dmp), caller)

    def register(registry: Registry) -> None:
        registering.register(registry, way)
        registry.add(Reader, "cda", CdaReader())

    reverse("dmp:found", args=[uuid4()])
    with use_registry(make_registry(register)):
        yield Site(running_dmp, alice, qualified, dmp)


def test_what_waits_there_is_listed_and_read(site: Site) -> None:
    site.fill(10)
    told = site.search()
    assert Search.objects.get().state == "faite", told
    held = site.held()
    assert len(held) == 10
    assert {one.type_code for one in held} == {"18776-5", "34794-8", "SYNTH", "51969-4", "60568-3"}
    assert sorted(one.document_type for one in held if one.is_read) == ["frcp", "frcp", "pps", "pps"]
    assert {one.document_type for one in DocumentsOfTheDmp().documents(site.patient_id, site.actor.pk)} == {"frcp", "pps"}


@pytest.mark.parametrize("kind", ["bombe", "script", "enorme", "entite", "coupe", "page"])
def test_a_hostile_dmp_harms_nothing(site: Site, kind: str) -> None:
    site.fill(2)
    site.running.feel(kind=kind, only="repository")
    told = site.search()
    assert told
    assert kind == "enorme" or not [one for one in site.held() if one.is_read]
    assert all(one.problem or one.is_read for one in site.held()) or Search.objects.get().state == "echec"


def test_a_hostile_document_is_named_and_the_others_are_read(site: Site) -> None:
    deep = b"<component>" * 2000 + b"</component>" * 2000
    many = b"<component/>" * 200_000
    for number, extra in enumerate((deep, many, TRAPS["script"].partition(b"?>")[2].partition(b"?>")[2])):
        site.running.service.put(document(number * 5, extra=extra), patient=INS)
    good = site.running.service.put(document(1), patient=INS)
    site.search()
    held = {one.unique_id: one for one in site.held()}
    assert len(held) == 4
    assert held[good].is_read
    assert all(one.is_read or one.problem for one in held.values())


@dataclass(slots=True)
class Timed:
    """The DMP, and the seconds that its calls took."""

    dmp: Any
    seconds: float = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **said: Any) -> Any:
            began = time.perf_counter()
            try:
                return getattr(self.dmp, name)(*args, **said)
            finally:
                self.seconds += time.perf_counter() - began

        return call


def measured(site: Site, seconds: float) -> dict[str, float]:
    """One search of what waits, where each call takes so long more: what it took, what of it the DMP took, in how many calls."""
    site.forget()
    site.running.feel(seconds=seconds)
    calls, waited = len(site.running.service.received), site.dmp.seconds
    began = time.perf_counter()
    site.search()
    took = time.perf_counter() - began
    return {"took": took, "dmp": site.dmp.seconds - waited, "calls": len(site.running.service.received) - calls}


def memory(site: Site) -> float:
    """Megabytes that one search of what waits holds at most."""
    site.forget()
    site.running.feel()
    tracemalloc.start()
    site.search()
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1_000_000


@pytest.mark.parametrize(
    ("count", "delays"), [(10, (0.0,)), pytest.param(40, (0.0, 0.5, 2.0), marks=pytest.mark.prove)], ids=["reduced", "whole"]
)
def test_forty_documents_of_five_types(site: Site, proof: Proof, count: int, delays: tuple[float, ...]) -> None:
    names = site.fill(count)
    figures: dict[str, Any] = {"documents en attente dans le DMP, de 5 types": count}
    for seconds in delays:
        one = measured(site, seconds)
        assert {told.unique_id for told in site.held()} == set(names)
        said = f"{seconds:g} s de délai ajouté à chaque appel".replace(".", ",")
        figures[f"{said} : appels"] = one["calls"]
        figures[f"{said} : de l'ouverture de la page aux candidats"] = f"{one['took']:.2f} s"
        figures[f"{said} : dont les appels du DMP"] = f"{one['dmp']:.2f} s"
        figures[f"{said} : au-delà des appels du DMP"] = f"{one['took'] - one['dmp']:.2f} s"
    most = memory(site)
    assert most < 200, "memory of the whole search, in megabytes"
    figures["mémoire de la recherche, au plus"] = f"{most:.0f} Mo"
    figures["documents lus et proposés à la reprise"] = sum(told.is_read for told in site.held())
    proof.record(issue=8, title="Consultation du DMP : 40 documents de 5 types", figures=figures)
