"""Each sequence against the stand-in: the patient's view and a professional's after each step (issue 8, « Shown by » 1)."""

from __future__ import annotations

import uuid

import pytest

from dcc.accounts.api import User
from plugins.dmp.deposits.tests.conftest import WritePps
from tests.dmp.deposits.sequences import ALL, REDUCED, Sequence, World
from tests.dmp.deposits.stage import SandboxStage
from tests.proofs.recorder import Proof

pytestmark = [pytest.mark.reference, pytest.mark.django_db]


@pytest.fixture
def world(
    stage: SandboxStage, alice: User, carla: User, dan: User, qualified: uuid.UUID, frcp: uuid.UUID, write_pps: WritePps
) -> World:
    """Everybody, and a validated FRCP."""
    return World(stage, alice, carla, dan, qualified, frcp, write_pps)


def play(sequence: Sequence, world: World) -> list[str]:
    """Play it; what was seen, step by step, in words."""
    told = []
    for words, patient, professional in sequence(world):
        assert world.stage.views() == (patient, professional), words
        told.append(f"{words} : patient {_said(patient)}, professionnel {_said(professional)}")
    return told


def _said(seen: dict[str, int]) -> str:
    return " et ".join(kind.upper() for kind in sorted(seen)) or "rien"


@pytest.mark.parametrize("sequence", REDUCED, ids=lambda each: each.__name__)
def test_a_sequence(world: World, sequence: Sequence) -> None:
    assert play(sequence, world)


@pytest.mark.prove
@pytest.mark.parametrize("sequence", ALL, ids=lambda each: each.__name__)
def test_every_sequence(world: World, sequence: Sequence, proof: Proof) -> None:
    told = play(sequence, world)
    title = f"Visibilité : {(sequence.__doc__ or '').strip().rstrip('.')}"
    proof.record(issue=8, title=title, figures={f"étape {number}": words for number, words in enumerate(told, 1)})
