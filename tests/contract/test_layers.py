"""Layers: written once for many tests, under those that ask for them and no other."""

from __future__ import annotations

import pytest
from django.db import connection

from forms_config import api as forms
from forms_config.models import FormDefinition
from tests.layers import stack, wanted

USED: set[int] = set()


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
