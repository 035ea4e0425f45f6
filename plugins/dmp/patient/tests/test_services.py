"""Gestures on a patient's DMP: what is asked, what is remembered, who may, what stays when the DMP fails."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dcc.accounts.models import User
from dcc.contracts.errors import Refused, RetryLater
from dcc.contracts.snapshots import InstanceId
from dcc.patients import api as patients
from plugins.dmp.models import Consent, FileChange, PatientFile
from plugins.dmp.patient import services
from plugins.dmp.patient.errors import Declined
from plugins.dmp.patient.keeping import remember
from plugins.dmp.patient.standing import standing_of
from plugins.dmp.patient.tests.conftest import INS, Told, way_of
from plugins.dmp.patient.words import AUTHORISATIONS, FILES
from plugins.dmp.transactions.types import Caller, Existence

pytestmark = pytest.mark.django_db

ANSWERS = [
    (Existence(True, active=True, authorisation="VALIDE"), "actif", "VALIDE"),
    (Existence(True, active=True, authorisation="EXPIRE"), "actif", "EXPIRE"),
    (Existence(True, active=True, authorisation="INTERDIT"), "actif", "INTERDIT"),
    (Existence(True, active=True), "actif", ""),
    (Existence(True, closed_reason="Demande du titulaire"), "ferme", ""),
    (Existence(False), "aucun", ""),
]


@pytest.mark.parametrize(("answer", "existence", "authorisation"), ANSWERS)
def test_what_the_dmp_says_is_remembered_of_who_asked(
    alice: User, bob: User, qualified: UUID, told: Told, answer: Existence, existence: str, authorisation: str
) -> None:
    told.answer = answer
    services.check(actor=alice, patient_id=qualified, through=way_of(alice, told))
    known = standing_of(alice, qualified)
    assert (known.existence, known.authorisation) == (existence, authorisation)
    assert known.checked_at is not None
    assert known.closed_reason == answer.closed_reason
    assert told.asked == [f"existence {INS.extension}"]
    of_bob = standing_of(bob, qualified)
    assert (of_bob.existence, of_bob.authorisation) == (existence, ""), "l'autorisation est celle d'une personne"


def test_every_code_of_the_dmp_has_its_words() -> None:
    assert set(FILES) == {"", *PatientFile.Existence.values}
    assert {"", "VALIDE", "EXPIRE", "INTERDIT", "NON_EXISTE"} < set(AUTHORISATIONS)


def test_an_authorisation_is_added_by_an_explicit_declaration_only(alice: User, qualified: UUID, told: Told) -> None:
    way = way_of(alice, told)
    with pytest.raises(Declined):
        services.authorise(actor=alice, patient_id=qualified, through=way, words=" ")
    assert told.asked == []
    services.authorise(actor=alice, patient_id=qualified, through=way, words="Il m'y autorise")
    assert told.asked == ["authorise"]
    known = standing_of(alice, qualified)
    assert known.authorisation == "VALIDE"
    assert [(one.by, one.reason) for one in known.history] == [(str(alice), "Il m'y autorise")]


def test_a_refused_authorisation_leaves_nothing(alice: User, qualified: UUID, told: Told) -> None:
    told.fails = Refused("Accès interdit")
    with pytest.raises(Refused):
        services.authorise(actor=alice, patient_id=qualified, through=way_of(alice, told), words="oui")
    assert not Consent.objects.exists()
    assert not FileChange.objects.exists()


def test_a_withdrawal_holds_at_once_even_if_the_dmp_does_not_answer(alice: User, qualified: UUID, told: Told) -> None:
    way = way_of(alice, told)
    services.authorise(actor=alice, patient_id=qualified, through=way, words="oui")
    told.fails = RetryLater("Le DMP ne répond pas")
    with pytest.raises(RetryLater):
        services.withdraw(actor=alice, patient_id=qualified, through=way)
    assert standing_of(alice, qualified).authorisation == "A_RETIRER"
    remember(
        patient_id=qualified,
        user_id=alice.pk,
        answer=Existence(True, active=True, authorisation="VALIDE"),
        at=timezone.now(),
    )
    assert standing_of(alice, qualified).authorisation == "A_RETIRER", "le DMP n'a pas encore obéi : rien n'est rouvert"
    told.fails = None
    services.withdraw(actor=alice, patient_id=qualified, through=way)
    assert standing_of(alice, qualified).authorisation == "NON_EXISTE"
    assert list(FileChange.objects.values_list("what", flat=True)) == ["autorise", "retire"], "déclaré une fois"


def test_an_opposition_is_noted_with_its_words_and_lifted(alice: User, qualified: UUID) -> None:
    with pytest.raises(Declined):
        services.oppose(actor=alice, patient_id=qualified, reason="  ")
    services.oppose(actor=alice, patient_id=qualified, reason="Le dit en consultation")
    services.oppose(actor=alice, patient_id=qualified, reason="Encore")
    known = standing_of(alice, qualified)
    assert known.opposed
    assert known.opposition is not None
    assert known.opposition.reason == "Le dit en consultation", "déjà notée, rien ne change"
    services.accept(actor=alice, patient_id=qualified, reason="A changé d'avis")
    assert not standing_of(alice, qualified).opposed
    assert list(FileChange.objects.values_list("what", flat=True)) == ["oppose", "accepte"]


def test_who_may(alice: User, charlie: User, lea: User, sonia: User, qualified: UUID, told: Told) -> None:
    with pytest.raises(patients.UnknownPatient):
        standing_of(charlie, qualified)
    with pytest.raises(patients.UnknownPatient):
        services.check(actor=charlie, patient_id=qualified, through=way_of(charlie, told))
    with pytest.raises(PermissionDenied):
        services.oppose(actor=lea, patient_id=qualified, reason="Refus")
    services.oppose(actor=sonia, patient_id=qualified, reason="Dit à l'accueil")
    with pytest.raises(PermissionDenied):
        services.check(actor=sonia, patient_id=qualified, through=way_of(alice, told))
    assert told.asked == [], "dans la session d'un autre, rien n'est demandé"


def test_without_a_qualified_identity_nothing_is_asked(alice: User, patient_id: UUID, told: Told) -> None:
    with pytest.raises(Declined):
        services.check(actor=alice, patient_id=patient_id, through=way_of(alice, told))
    assert told.asked == []
    assert not standing_of(alice, patient_id).callable


def test_an_answer_older_than_a_withdrawal_opens_nothing_again(
    alice: User, qualified: UUID, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = way_of(alice, told)
    services.authorise(actor=alice, patient_id=qualified, through=way, words="oui")
    told.answer = Existence(True, active=True, authorisation="VALIDE")
    asked, answered = told.existence, told.answer

    def slow(caller: Caller, ins: InstanceId) -> Existence:
        asked(caller, ins)
        services.withdraw(actor=alice, patient_id=qualified, through=way)  # meanwhile, in another tab
        return answered

    with monkeypatch.context() as patch:
        patch.setattr(told, "existence", slow)
        services.check(actor=alice, patient_id=qualified, through=way)
    assert standing_of(alice, qualified).authorisation == "NON_EXISTE"
    services.check(actor=alice, patient_id=qualified, through=way)
    assert standing_of(alice, qualified).authorisation == "VALIDE", "what the DMP says afterwards counts again"
