"""Two at once on an FRCP that goes from one region to the other: one of them counts, never both. On PostgreSQL only."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections

from dcc.accounts.api import Facility, User
from dcc.contracts.registry import Registry, use_registry
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.exchange import api as exchange
from dcc.exchange.models import Entrustment, Intake, Transmission
from dcc.exchange.tests.regions import Source, complete, staged

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads write at once on PostgreSQL only"),
]


@pytest.fixture
def source(facility: Facility, alice: User, frcp_id: uuid.UUID) -> Iterator[Source]:
    """A completed FRCP, ready to be sent."""
    stage, post = staged(facility)
    with use_registry(stage.registry):
        complete(alice, frcp_id)
        yield Source(stage, post, frcp_id, alice)


def at_once(registry: Registry, *works: Callable[[], object]) -> list[object]:
    """Results and exceptions of threads that start together, in their order."""
    ready, results = threading.Barrier(len(works)), dict[int, object]()

    def run(place: int, work: Callable[[], object]) -> None:
        ready.wait(60)
        try:
            with use_registry(registry):
                results[place] = work()
        except Exception as error:  # noqa: BLE001  (returned, and asserted on)
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=line) for line in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[place] for place in range(len(works))]


def names(done: list[object]) -> list[str]:
    """What came of each, sorted."""
    return sorted(type(one).__name__ for one in done)


def test_two_physicians_send_it(source: Source, alice: User, bob: User) -> None:
    done = at_once(source.stage.registry, *(lambda who=who: source.send(actor=who) for who in (alice, bob, alice)))
    assert names(done) == ["HeldElsewhere", "HeldElsewhere", "UUID"], done
    assert (Entrustment.objects.count(), Transmission.objects.count()) == (1, 1)


def test_it_is_sent_or_taken_up_again_never_both(source: Source, bob: User) -> None:
    for _round in range(3):
        done = at_once(
            source.stage.registry, source.send, lambda: documents.reopen_document(actor=bob, document_id=source.document_id)
        )
        view = documents.open_document(bob, source.document_id)
        assert bool(view.held_elsewhere) == (view.line.status == "complete"), done
        if view.held_elsewhere:
            assert names(done) == ["HeldElsewhere", "UUID"]
            return
        assert isinstance(done[0], documents.DocumentError)
        revision = documents.open_document(bob, source.document_id).revision
        documents.complete_document(actor=bob, document_id=source.document_id, expected_revision=revision)


def test_the_same_return_twice(source: Source, alice: User) -> None:
    source.send()
    source.comes_back_with()
    done = at_once(source.stage.registry, *(lambda: source.post.brings(b"READ back") for _ in "123"))
    told = [one for one in done if isinstance(one, exchange.Reception)]
    assert {one.outcome for one in told} <= {"retour", "doublon"}, done
    assert [one.error for one in told] == ["", "", ""]
    assert documents.open_document(alice, source.document_id).versions == [1, 2]
    assert Intake.objects.filter(document=source.document_id).count() == 1


def test_a_return_against_a_forced_recall(source: Source, alice: User) -> None:
    source.send()
    source.told("lue")
    source.comes_back_with()
    done = at_once(
        source.stage.registry,
        lambda: source.post.brings(b"READ back"),
        lambda: exchange.take_back(
            actor=alice, document_id=source.document_id, expected_state="recue", reason="Sans nouvelles", force=True
        ),
    )
    reception = done[0]
    assert isinstance(reception, exchange.Reception), done
    view = documents.open_document(alice, source.document_id)
    assert (reception.outcome, view.versions, source.state) in (
        ("retour", [1, 2], "rendue"),
        ("retour_tardif", [1], "retour_tardif"),
    ), done
    assert (done[1] is None) == (reception.outcome == "retour_tardif"), done


def test_the_same_frcp_to_complete_twice(source: Source) -> None:
    source.post.reads(status="complete")
    contents = (b"READ 1", b"READ 1", b"READ 2")
    done = at_once(source.stage.registry, *(lambda content=content: source.post.brings(content) for content in contents))
    told = [one for one in done if isinstance(one, exchange.Reception)]
    assert len(told) == len(contents), done
    assert {one.outcome for one in told} <= {"a_completer", "doublon"}, done
    assert len({one.document_id for one in told}) == 1
    assert Document.objects.exclude(pk=source.document_id).count() == 1
    assert Entrustment.objects.filter(direction="in").count() == 1
