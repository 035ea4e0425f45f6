"""Layers: written once for many tests, under those that ask for them and no other."""

from __future__ import annotations

import pytest
from django.db import connection

from dcc.accounts.models import Facility, User
from forms_config import api as forms
from forms_config.models import FormDefinition
from tests.layers import layer, stack, wanted

USED: set[int] = set()


@layer()
def written(alice: User) -> User:
    """Somebody, written over alice."""
    alice.last_name = "CHANGÉE"
    return User.objects.create(username="written", first_name=alice.username)


@pytest.mark.parametrize("time", [1, 2])
def test_a_layer_is_under_the_tests_that_ask_for_it(configuration: None, time: int) -> None:
    assert [layer.name for layer in stack()] == ["configuration"]
    assert len(connection.atomic_blocks) == 2, "le calque, puis le test"
    assert forms.published_form("frcp_standard").number == 1
    USED.add(FormDefinition.objects.get(key="frcp_standard").pk)
    assert len(USED) == 1, "le calque est écrit une seule fois"


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_does_on_a_layer_is_taken_back(configuration: None, time: int) -> None:
    assert FormDefinition.objects.filter(title="Changé").update(title="Encore") == 0
    assert FormDefinition.objects.filter(key="frcp_standard").update(title="Changé") == 1


@pytest.mark.parametrize("time", [1, 2])
def test_a_layer_gives_each_test_an_object_of_its_own(written: User, alice: User, time: int) -> None:
    assert [layer.name for layer in stack()] == ["facility", "alice", "written"]
    assert (alice.last_name, written.last_name, written.first_name) == ("MARTIN", "", "alice")
    written.last_name = alice.last_name = "À un seul essai"
    written.save()


class TestAnotherOfThatName:
    @pytest.fixture
    def alice(self, facility: Facility) -> User:
        """Not the one of the layer."""
        return User.objects.create(username="another")

    def test_what_is_over_it_is_written_at_its_turn(self, written: User, alice: User) -> None:
        assert [layer.name for layer in stack()] == ["facility"]
        assert written.first_name == alice.username == "another"


@pytest.mark.django_db
def test_no_layer_is_under_a_test_that_asks_for_none() -> None:
    assert stack() == ()
    assert not FormDefinition.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_test_with_transactions_of_its_own_writes_it_itself(configuration: None) -> None:
    assert stack() == ()
    assert not connection.in_atomic_block
    assert forms.published_form("frcp_standard").number == 1


def test_a_test_without_database_has_none(request: pytest.FixtureRequest) -> None:
    assert wanted(request.node) == ()
