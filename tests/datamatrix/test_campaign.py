"""Identities written into real PDF files, printed at 300 dpi, spoilt, read back: none is read as another (issue 6, proof 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random

import pytest

from dcc.contracts.datamatrix import payload_of
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import PatientSnapshot
from plugins.ins.datamatrix.reading import read_image
from plugins.ins.datamatrix.tests.pictures import written
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests.samples import AS_OF, minimal
from tests.datamatrix.paper import DAMAGES, scanned
from tests.datamatrix.people import people
from tests.proofs.recorder import Proof


@dataclass(frozen=True, slots=True)
class Tried:
    """One page spoilt in one way: who read it, or why nobody did; ``wrong`` when something else was read."""

    damage: str
    by: str
    wrong: bool = False


COUNT = 200
ALWAYS = ("telle quelle", "photographiée (tout à la fois)")
OTHERS = [damage for damage in DAMAGES if damage not in ALWAYS]


def _damages(number: int) -> tuple[str, ...]:
    """What happens to the page of a patient: two ways for all, the nine others for a third of them each."""
    return (*ALWAYS, *OTHERS[number % 3 :: 3])


def _tried(patient: PatientSnapshot, number: int, damages: tuple[str, ...]) -> list[Tried]:
    """Print the document of a patient, then read it spoilt in each way."""
    payload, _findings = payload_of(patient)
    page = scanned(PdfA1Renderer().render(replace(minimal(), patient=patient), {}, as_of=AS_OF).content)
    found = []
    for damage in damages:
        spoilt = DAMAGES[damage](page, Random(f"{number} {damage}"))  # noqa: S311  (damage, not a secret)
        try:
            read = read_image(written(spoilt, compress_level=1))
        except Refused as refusal:
            found.append(Tried(damage, "", wrong="Plusieurs identités" in refusal.reason))
        else:
            found.append(Tried(damage, read.by, wrong=read.payload != payload))
    return found


def _campaign(damages: Sequence[tuple[str, ...]]) -> Iterator[Tried]:
    with ThreadPoolExecutor(2) as pool:
        for tried in pool.map(_tried, people(len(damages)), range(len(damages)), damages):
            yield from tried


def test_every_identity_has_a_code() -> None:
    assert [patient.traits for patient in people(COUNT) if not payload_of(patient)[0]] == []


def test_some_pages_come_back() -> None:
    tried = list(_campaign([_damages(number)[:3] for number in range(2)]))
    assert [one for one in tried if one.wrong] == []
    assert {one.by for one in tried if one.damage == "telle quelle"} == {"zxing-cpp"}


@pytest.mark.prove
def test_every_page_comes_back_as_itself_or_not_at_all(proof: Proof) -> None:
    tried = list(_campaign([_damages(number) for number in range(COUNT)]))
    wrong = [one for one in tried if one.wrong]
    assert wrong == []
    read, all_of = Counter(one.damage for one in tried if one.by), Counter(one.damage for one in tried)
    assert read["telle quelle"] == COUNT
    by = Counter(one.by for one in tried if one.by)
    figures = {f"page {damage}, relue": f"{read[damage]} / {all_of[damage]}" for damage in DAMAGES}
    totals = {"identités": COUNT, "pages relues": f"{sum(read.values())} / {len(tried)}", "lues comme une autre": len(wrong)}
    readers = {f"relues par {name}": number for name, number in sorted(by.items())}
    proof.record(issue=6, title="Datamatrix : 200 identités imprimées, abîmées, relues", figures={**totals, **figures, **readers})
