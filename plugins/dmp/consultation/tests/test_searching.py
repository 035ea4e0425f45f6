"""One search at an opening: when it is made, what it asks, what it says, what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from dcc.accounts.models import Facility, User
from dcc.audit.models import Entry
from dcc.contracts.errors import NeedsSession, RetryLater
from dcc.contracts.event import Context
from dcc.contracts.snapshots import IdentityTraits
from dcc.contracts.xds import Code
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.patients import api as patients
from plugins.dmp.consultation import cache
from plugins.dmp.consultation.asking import ConsultationRequested, ask
from plugins.dmp.consultation.elsewhere import DocumentsOfTheDmp
from plugins.dmp.consultation.searching import Searching
from plugins.dmp.consultation.tests.conftest import connect, searched_by, seen_by, words
from plugins.dmp.consultation.tests.dossier import COMMENT, Dossier, cda, way_to
from plugins.dmp.models import Consent, Deposit, FoundDocument, Search, TrustSession
from plugins.dmp.patient import services
from plugins.dmp.transactions.types import Existence

pytestmark = pytest.mark.django_db


def test_the_page_starts_it_says_so_and_then_what_was_found(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3", content=cda("1.2.3", days=1))
    first = seen_by(alice, qualified)
    assert (words(first), first.pending) == (["Recherche dans le DMP…"], True)
    assert dossier.calls == [], "nothing is called by the page"
    drain()
    after = seen_by(alice, qualified)
    assert not after.pending
    (said,) = words(after)
    assert said.startswith("1 PPS dans le DMP, aucun ici\N{NO-BREAK SPACE}: du ")
    assert said.endswith("par Charles MULLER")
    assert [call for call, _n in dossier.calls] == ["existence", "find", "retrieve"]
    since = dossier.since[1]
    assert since is not None
    assert 729 < (timezone.now() - since).days < 732, "the last two years at first"
    (source,) = DocumentsOfTheDmp().documents(qualified, alice.pk)
    assert (source.answers[COMMENT], source.origin) == ("Vit chez sa fille", "DMP")


def test_one_search_by_itself_in_a_session(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    for _ in range(3):
        assert searched_by(alice, qualified) == ["DMP consulté : rien de nouveau."]
    assert Search.objects.count() == 1
    asked = ask(user_id=alice.pk, patient_id=qualified, automatic=False)
    assert asked is not None
    drain()
    assert [call for call, _n in dossier.calls] == ["existence", "find", "existence", "changed"], "by hand, since the last one"


@pytest.mark.parametrize(
    ("whose", "when", "searched"), [("mine", 1, False), ("mine", -1, True), ("colleague", 1, True), ("other patient", 1, True)]
)
def test_none_by_itself_after_a_deposit(
    alice: User, facility: Facility, qualified: UUID, frcp_id: UUID, dossier: Dossier, whose: str, when: int, *, searched: bool
) -> None:
    """Who opens the patient after her deposit asks for it herself; who opens a document to write in it has it searched."""
    session = connect(alice)
    about = frcp_id
    if whose == "other patient":
        traits = IdentityTraits("AUTRE", "PAUL", "PAUL", "M", "1960-01-02", "51215", "DOMPREMY")
        somebody = patients.create_patient(actor=alice, facility_id=facility.pk, traits=traits)
        about = documents.create_document(actor=alice, patient_id=somebody, facility_id=facility.pk, document_type="frcp")
    Deposit.objects.create(
        key=uuid4(),
        document_id=about,
        document_type="frcp",
        unique_id="2.25.1",
        lot="2.25.2",
        stage="depose",
        depositor="810000000099" if whose == "colleague" else session.national_id,
        deposited_at=session.opened_at + timedelta(minutes=when),
    )
    notices = seen_by(alice, qualified)
    assert Search.objects.exists() == searched
    if not searched:
        assert [(line.action, line.posts) for line in notices.lines] == [("Chercher dans le DMP", True)]
        seen_by(alice, qualified, frcp_id)
        assert Search.objects.get().automatic


WITHOUT = ["no_session", "over", "not_qualified", "never", "on_request", "no_proxy"]


@pytest.mark.parametrize("case", WITHOUT)
def test_no_search_by_itself_without(
    alice: User, patient_id: UUID, request: pytest.FixtureRequest, dossier: Dossier, rules: Callable[..., None], case: str
) -> None:
    if case != "not_qualified":
        request.getfixturevalue("qualified")
    if case != "no_session":
        connect(alice, minutes=-1 if case == "over" else 60)
    rules(**{"never": {"search": "jamais"}, "on_request": {"search": "demande"}, "no_proxy": {"proxy": ""}}.get(case, {}))
    notices = seen_by(alice, patient_id)
    assert (Search.objects.count(), notices.pending) == (0, False)
    offered = [(line.action, line.posts) for line in notices.lines]
    assert offered == ([("Chercher dans le DMP", True)] if case == "on_request" else [])


ANSWERS = [
    (Existence(True, active=True, authorisation="NON_EXISTE"), "sans_accord", "le patient ne vous y a pas autorisé"),
    (Existence(True, active=True, authorisation="INTERDIT"), "sans_accord", "le patient ne vous y a pas autorisé"),
    (Existence(True, active=True), "sans_accord", "le patient ne vous y a pas autorisé"),
    (Existence(True, closed_reason="Décès"), "sans_dmp", ""),
    (Existence(False), "sans_dmp", ""),
]


@pytest.mark.parametrize(("answer", "state", "said"), ANSWERS)
def test_without_the_authorisation_of_the_patient_nothing_is_asked(
    alice: User, qualified: UUID, dossier: Dossier, answer: Existence, state: str, said: str
) -> None:
    connect(alice)
    dossier.answer = answer
    told = searched_by(alice, qualified)
    assert Search.objects.get().state == state
    assert (said in " ".join(told), bool(told)) == (True, bool(said))
    assert [call for call, _n in dossier.calls] == ["existence"]
    assert Consent.objects.get(patient=qualified, user=alice).authorisation == answer.authorisation


def test_an_authorisation_is_refreshed_at_the_next_search(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.answer = Existence(True, active=True, authorisation="NON_EXISTE")
    searched_by(alice, qualified)
    dossier.answer = Existence(True, active=True, authorisation="VALIDE")
    connect(alice, minutes=300)
    assert searched_by(alice, qualified) == ["DMP consulté : rien de nouveau."]
    assert Consent.objects.get(patient=qualified, user=alice).authorisation == "VALIDE"


def test_once_the_patient_authorises_a_search_may_be_asked_for(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.answer = Existence(True, active=True, authorisation="NON_EXISTE")
    searched_by(alice, qualified)
    Consent.objects.filter(patient=qualified, user=alice).update(authorisation="VALIDE")
    (line,) = seen_by(alice, qualified).lines
    assert (line.action, line.posts) == ("Chercher dans le DMP", True)


@pytest.mark.parametrize("call", ["existence", "find", "retrieve"])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RetryLater("le service ne répond pas"), "Le DMP n'a pas pu être consulté : le service ne répond pas."),
        (NeedsSession("psc", ["810000000001"]), "Le DMP n'a pas pu être consulté : votre accès au DMP n'est plus ouvert."),
        (ValueError("DUPONT"), "Le DMP n'a pas pu être consulté : erreur interne, signalée à l'exploitation."),
    ],
)
def test_a_failure_is_said_and_the_search_is_not_made_again_by_itself(
    alice: User, qualified: UUID, dossier: Dossier, call: str, error: Exception, said: str
) -> None:
    connect(alice)
    dossier.put("1.2.3")
    dossier.fails[call] = error
    assert searched_by(alice, qualified)[-1] == said
    made = list(dossier.calls)
    drain()
    searched_by(alice, qualified)
    assert dossier.calls == made
    line = seen_by(alice, qualified).lines[-1]
    assert (line.action, line.posts) == ("Chercher de nouveau", True)


def test_a_search_that_died_is_not_waited_for(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    seen_by(alice, qualified)
    Search.objects.update(asked_at=timezone.now() - timedelta(minutes=3))
    notices = seen_by(alice, qualified)
    assert (words(notices), notices.pending) == (["La recherche dans le DMP n'a pas abouti."], False)


@pytest.mark.parametrize("case", ["again", "late", "another_session", "no_session"])
def test_a_search_that_is_delivered_again_or_late_calls_nothing(
    alice: User, qualified: UUID, dossier: Dossier, case: str
) -> None:
    session = connect(alice)
    seen_by(alice, qualified)
    if case == "late":
        Search.objects.update(asked_at=timezone.now() - timedelta(minutes=3))
    if case in ("another_session", "no_session"):
        TrustSession.objects.filter(pk=session.pk).update(ended_at=timezone.now())
    if case == "another_session":
        connect(alice)
    search = Search.objects.get()
    attempt = 2 if case == "again" else 1
    Searching(way_to(dossier))(ConsultationRequested(search_id=search.pk), Context(uuid4(), attempt, timezone.now()))
    search.refresh_from_db()
    reason = "votre accès au DMP n'est plus ouvert" if case == "no_session" else "la recherche a été interrompue"
    assert (search.state, search.reason, dossier.calls) == (Search.State.FAILED, reason, [])


def test_a_search_that_lasts_gives_way_to_the_next_one(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3")
    seen_by(alice, qualified)
    first = Search.objects.get()

    def meanwhile() -> None:
        dossier.during.clear()
        Search.objects.filter(pk=first.pk).update(asked_at=timezone.now() - timedelta(minutes=3))
        second = ask(user_id=alice.pk, patient_id=qualified, automatic=False)
        assert second is not None
        Searching(way_to(dossier))(ConsultationRequested(search_id=second.pk), Context(uuid4(), 1, timezone.now()))

    dossier.during["find"] = meanwhile
    drain()
    first.refresh_from_db()
    assert (first.state, first.reason) == (Search.State.FAILED, "la recherche a été interrompue")
    assert Search.objects.exclude(pk=first.pk).get().state == Search.State.DONE
    assert [call for call, _n in dossier.calls] == ["existence", "find", "existence", "find", "retrieve"], (
        "the first one reads nothing"
    )
    outcomes = Entry.objects.filter(action="dmp.searched").order_by("pk")
    assert [trace.facts["outcome"] for trace in outcomes] == ["echec", "faite"]


def test_what_was_read_is_sealed_and_forgotten_but_found_again(
    alice: User, qualified: UUID, dossier: Dossier, rules: Callable[..., None]
) -> None:
    connect(alice)
    dossier.put("1.2.3")
    searched_by(alice, qualified)
    row = FoundDocument.objects.get()
    assert "fille" not in row.told + row.file
    FoundDocument.objects.update(held_until=timezone.now())
    assert not list(cache.held(qualified, alice.pk))
    cache.forget()
    row.refresh_from_db()
    assert (row.told, row.file, row.unique_id) == ("", "", "1.2.3")
    connect(alice, minutes=300)
    searched_by(alice, qualified)
    assert [told.unique_id for _row, told in cache.held(qualified, alice.pk)] == ["1.2.3"]
    assert ("describe", 1) in dossier.calls


def test_nothing_is_read_once_the_patient_withdrew(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3")
    searched_by(alice, qualified)
    row = FoundDocument.objects.get()
    assert cache.content_of(row)
    services.note_withdrawal(actor=alice, patient_id=qualified)
    assert cache.content_of(row) is None
    assert not list(cache.held(qualified, alice.pk))
    assert not DocumentsOfTheDmp().documents(qualified, alice.pk)
    row.refresh_from_db()
    assert (row.told, row.file) == ("", "")
    connect(alice, minutes=300)
    assert "ne vous y a pas autorisé" in searched_by(alice, qualified)[-1], "the DMP still says that it is"


@pytest.mark.parametrize("during", ["find", "retrieve"])
def test_a_search_stops_when_the_patient_withdraws(alice: User, qualified: UUID, dossier: Dossier, during: str) -> None:
    connect(alice)
    dossier.put("1.2.3")
    dossier.during[during] = lambda: services.note_withdrawal(actor=alice, patient_id=qualified)
    assert searched_by(alice, qualified)[-1] == "Le DMP n'a pas pu être consulté : le patient a retiré son autorisation."
    assert dossier.calls[-1][0] == during
    assert not FoundDocument.objects.exclude(told="", file="").exists(), "nor is kept what came at that very moment"


def test_what_the_patient_does_not_see_yet_is_said_with_what_is_proposed(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3", confidentiality=(Code("N"), Code("INVISIBLE_PATIENT")))
    (said,) = searched_by(alice, qualified)
    alert = "Invisible au patient\N{NO-BREAK SPACE}: ne pas lui en parler avant son auteur"
    assert said.endswith(f". {alert}")
    (source,) = DocumentsOfTheDmp().documents(qualified, alice.pk)
    assert source.remark == alert


def test_every_search_and_every_reading_is_in_the_journal(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3")
    dossier.put("1.2.4", "vsm")
    searched_by(alice, qualified)
    traces = Entry.objects.filter(action__startswith="dmp.", patient_id=qualified).order_by("pk")
    assert [(t.action, t.actor_id) for t in traces] == [("dmp.document_read", alice.pk), ("dmp.searched", alice.pk)]
    assert traces[1].facts == {"outcome": "faite", "automatic": True, "found": 2}
