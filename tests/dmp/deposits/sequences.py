"""The sequences of « Shown by » 1: after each step, what the patient and a professional are to see."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dcc.accounts.api import User
from dcc.events.api import drain
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.minors import choose_for_guardians
from plugins.dmp.deposits.removing import remove_misplaced
from plugins.dmp.deposits.sharing import share_again
from plugins.dmp.deposits.tests.conftest import ALICE, BOB, CARLA, DAN, INS, WritePps, amend
from plugins.dmp.deposits.tests.test_former_ins import OTHER, correct_ins
from plugins.dmp.deposits.tests.test_sequences import again, connect, rename, said
from plugins.dmp.patient import services as patient
from tests.dmp.deposits.stage import SandboxStage


@dataclass(frozen=True)
class World:
    """Who plays, on which stage."""

    stage: SandboxStage
    alice: User
    carla: User
    dan: User
    patient_id: uuid.UUID
    frcp: uuid.UUID
    write_pps: WritePps


Step = tuple[str, dict[str, int], dict[str, int]]
"""What has just happened, what the patient sees, what a professional sees."""
NOTHING: dict[str, int] = {}
FRCP, PPS, BOTH = {"frcp": 1}, {"pps": 1}, {"frcp": 1, "pps": 1}
Sequence = Callable[[World], Iterator[Step]]


def frcp_first(world: World) -> Iterator[Step]:
    """FRCP, puis PPS ; le patient autorise la consultation."""
    yield "la FRCP attend la session d'un auteur", NOTHING, NOTHING
    connect(world.stage, BOB)
    yield "l'auteur de la FRCP se connecte", NOTHING, FRCP
    world.stage.leave()
    world.stage.authorise("VALIDE")
    world.write_pps()
    yield "le PPS est validé, personne n'est connecté", NOTHING, FRCP
    connect(world.stage, DAN)
    yield "l'auteur du PPS se connecte", BOTH, BOTH


def frcp_first_unauthorised(world: World) -> Iterator[Step]:
    """FRCP, puis PPS ; aucune autorisation : un auteur de la FRCP la remplace."""
    connect(world.stage, BOB)
    world.stage.leave()
    world.write_pps()
    connect(world.stage, DAN)
    yield "l'auteur du PPS se connecte", PPS, BOTH
    connect(world.stage, ALICE)
    yield "un auteur de la FRCP se connecte", BOTH, BOTH


def pps_first(world: World) -> Iterator[Step]:
    """PPS d'abord."""
    world.write_pps()
    connect(world.stage, CARLA)
    yield "l'auteur du PPS se connecte", PPS, PPS
    connect(world.stage, BOB)
    yield "l'auteur de la FRCP se connecte", BOTH, BOTH


def both_at_once(world: World) -> Iterator[Step]:
    """Les deux à la fois."""
    world.write_pps()
    connect(world.stage, ALICE, CARLA)
    yield "les deux auteurs se connectent", BOTH, BOTH


def second_pps(world: World) -> Iterator[Step]:
    """PPS, version 2."""
    world.stage.authorise("VALIDE")
    connect(world.stage, BOB, DAN)
    pps = world.write_pps()
    yield "le PPS est validé", BOTH, BOTH
    amend(world.carla, world.dan, pps)
    yield "sa version 2 est validée", BOTH, BOTH


def skipped_version(world: World) -> Iterator[Step]:
    """Une version du PPS qui n'est jamais partie."""
    world.stage.authorise("VALIDE")
    connect(world.stage, BOB, DAN)
    pps = world.write_pps()
    world.stage.leave()
    amend(world.carla, world.dan, pps)
    amend(world.carla, world.dan, pps)
    yield "les versions 2 et 3 sont validées, personne n'est connecté", BOTH, BOTH
    connect(world.stage, CARLA)
    yield "la version 3 prend la place de la première", BOTH, BOTH
    assert [row.version_number for row in ledger.there(pps, INS)] == [3]


def frcp_replaced(world: World) -> Iterator[Step]:
    """FRCP remplacée, avant et après le PPS."""
    connect(world.stage, BOB, DAN)
    rename(world.patient_id, "PAT-QUATRE")
    yield "la FRCP est remplacée (identité corrigée)", NOTHING, FRCP
    world.write_pps()
    yield "le PPS est validé", BOTH, BOTH
    rename(world.patient_id, "PAT-CINQ")
    yield "les deux sont remplacés", BOTH, BOTH


def refused_then_pps(world: World) -> Iterator[Step]:
    """FRCP que le DMP refuse, puis PPS."""
    world.stage.running.feel(kind="faute", only="repository")
    connect(world.stage, BOB)
    yield "le DMP refuse la FRCP", NOTHING, NOTHING
    world.stage.running.feel()
    connect(world.stage, DAN)
    world.write_pps()
    yield "le PPS est déposé, la FRCP repart avec lui", BOTH, BOTH


def too_many_searches(world: World) -> Iterator[Step]:
    """Trop de recherches : les dépôts n'en dépendent pas (EX_3.1-2035)."""
    world.stage.running.feel(kind="seuil")
    connect(world.stage, BOB, DAN)
    yield "plus aucune recherche n'est admise", NOTHING, FRCP
    world.write_pps()
    yield "le PPS est validé", BOTH, BOTH


def outage(world: World) -> Iterator[Step]:
    """Panne entre les deux."""
    world.stage.authorise("VALIDE")
    connect(world.stage, BOB, DAN)
    world.stage.running.feel(kind="503", only="UpdateDocumentSet")
    world.write_pps()
    yield "le PPS est déposé, la FRCP ne peut être rendue visible", PPS, BOTH
    world.stage.running.feel()
    again()
    yield "le service revient", BOTH, BOTH


def asked_again(world: World) -> Iterator[Step]:
    """Déclenchement manuel, qui vaut confirmation."""
    world.stage.settings = replace(world.stage.settings, confirm_reveal=True)
    world.stage.authorise("VALIDE")
    connect(world.stage, BOB, DAN)
    pps = world.write_pps()
    yield "le PPS est validé, la région demande une confirmation", PPS, BOTH
    share_again(actor=world.alice, document_id=pps)
    again()
    yield "un professionnel met en partage à nouveau", BOTH, BOTH
    share_again(actor=world.alice, document_id=pps)
    again()
    yield "il le demande encore", BOTH, BOTH


def opposed(world: World) -> Iterator[Step]:
    """Opposition du patient à l'alimentation."""
    connect(world.stage, BOB, DAN)
    patient.oppose(actor=world.alice, patient_id=world.patient_id, reason="Le patient ne veut pas")
    world.write_pps()
    yield "le patient s'oppose, le PPS est validé", NOTHING, FRCP
    rename(world.patient_id, "PAT-QUATRE")
    yield "ce qui est là est remplacé", NOTHING, FRCP
    patient.accept(actor=world.alice, patient_id=world.patient_id, reason="Il a changé d'avis")
    again()
    yield "il change d'avis", BOTH, BOTH


def no_dmp(world: World) -> Iterator[Step]:
    """Pas de DMP."""
    world.stage.open_dmp("none")
    caller = connect(world.stage, ALICE)
    yield "le patient n'a pas de DMP", NOTHING, NOTHING
    world.stage.open_dmp("active")
    patient.check(actor=world.alice, patient_id=world.patient_id, through=patient.Through(world.stage.reached, caller))
    again()
    yield "il en ouvre un, qu'un professionnel vérifie", NOTHING, FRCP


def closed_dmp(world: World) -> Iterator[Step]:
    """DMP fermé."""
    connect(world.stage, BOB)
    world.stage.leave()
    world.stage.open_dmp("closed")
    world.write_pps()
    caller = connect(world.stage, DAN)
    yield "la FRCP y est, le DMP est fermé avant le PPS", NOTHING, FRCP
    assert said(world.frcp)[0] == "envoyee"
    world.stage.open_dmp("active")
    patient.check(actor=world.dan, patient_id=world.patient_id, through=patient.Through(world.stage.reached, caller))
    again()
    yield "il est rouvert, l'auteur du PPS le vérifie", PPS, BOTH
    connect(world.stage, ALICE)
    yield "un auteur de la FRCP se connecte", BOTH, BOTH


def minor(world: World) -> Iterator[Step]:
    """Patient mineur, dont les représentants ne voient pas les documents."""
    yield from _of_minor(world, see=False)


def minor_seen(world: World) -> Iterator[Step]:
    """Patient mineur, dont les représentants voient les documents."""
    yield from _of_minor(world, see=True)


def _of_minor(world: World, *, see: bool) -> Iterator[Step]:
    """After each step, what those who represent him see too."""
    world.stage.settings = replace(world.stage.settings, majority_age=99)
    world.stage.authorise("VALIDE")
    connect(world.stage, BOB, DAN)
    yield "rien n'est dit des représentants légaux", NOTHING, NOTHING
    choose_for_guardians(actor=world.alice, patient_id=world.patient_id, see=see, reason="À sa demande")
    again()
    yield "c'est dit", NOTHING, FRCP
    assert world.stage.representatives() == NOTHING, "what the minor does not see yet, they do not either"
    pps = world.write_pps()
    yield "le PPS est validé", BOTH, BOTH
    assert world.stage.representatives() == (BOTH if see else NOTHING)
    amend(world.carla, world.dan, pps)
    yield "sa version 2 est validée", BOTH, BOTH
    assert world.stage.representatives() == (BOTH if see else NOTHING)


def ins_corrected(world: World) -> Iterator[Step]:
    """INS corrigée après le dépôt."""
    former, corrected = world.stage.ins, str(OTHER.extension)
    world.stage.authorise("VALIDE")
    connect(world.stage, BOB, DAN)
    pps = world.write_pps()
    yield "FRCP et PPS sont déposés sous la première INS", BOTH, BOTH
    world.stage.leave()
    correct_ins(world.patient_id)
    world.stage.ins = corrected
    connect(world.stage, BOB)
    yield "l'INS est corrigée, l'auteur de la FRCP se connecte : DMP de la nouvelle INS", NOTHING, FRCP
    world.stage.authorise("VALIDE")
    connect(world.stage, DAN)
    yield "l'auteur du PPS se connecte : DMP de la nouvelle INS", BOTH, BOTH
    world.stage.ins = former
    yield "rien n'est supprimé sans un geste : DMP de la première INS", BOTH, BOTH
    remove_misplaced(actor=world.alice, document_id=world.frcp)
    drain()
    yield "un auteur de la FRCP l'en supprime : DMP de la première INS", PPS, PPS
    remove_misplaced(actor=world.dan, document_id=pps)
    drain()
    yield "un auteur du PPS l'en supprime : DMP de la première INS", NOTHING, NOTHING
    world.stage.ins = corrected
    yield "rien n'a changé : DMP de la nouvelle INS", BOTH, BOTH


ALL: tuple[Sequence, ...] = (
    frcp_first,
    frcp_first_unauthorised,
    pps_first,
    both_at_once,
    second_pps,
    skipped_version,
    frcp_replaced,
    outage,
    asked_again,
    opposed,
    no_dmp,
    minor,
    ins_corrected,
    minor_seen,
    closed_dmp,
    refused_then_pps,
    too_many_searches,
)
REDUCED = (frcp_first, frcp_replaced, ins_corrected)
