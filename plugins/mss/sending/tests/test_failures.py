"""The table of failures: every code of the volet has its cause, refusals in words no meaning of ours."""

from __future__ import annotations

import csv

import pytest

from dcc.contracts.errors import NotConfigured, Refused, RetryLater
from dcc.exchange.transmissions.follow_up import CAUSES
from plugins.mss.sending.failures import FULL_BOX, Kind, Phase, error_of, failure_of
from tests.fixtures import reference_dir


def codes() -> list[int]:
    """Those of the volet that a server answers as a refusal."""
    with (reference_dir() / "mss/codes/SMTPERRORCODE.csv").open(encoding="utf-8") as rows:
        return [int(row["code"]) for row in csv.DictReader(rows, delimiter=";") if int(row["code"]) >= 400]


@pytest.mark.parametrize("phase", Phase)
def test_every_code_of_the_volet_says_what_follows(phase: Phase) -> None:
    for code in codes():
        found = failure_of(code, "words", phase)
        assert found.cause in CAUSES
        assert (found.kind == Kind.LATER) == (code < 500) or code in {432}, code


@pytest.mark.parametrize(
    ("code", "text", "patient", "cause"),
    [
        (550, "5.1.1 no", False, "unknown_box"),
        (550, "5.1.1 no", True, "closed_box"),
        (550, "5.1.2 no", False, "domain"),
        (523, "5.0.0 no", False, "too_big"),
        (451, "4.4.7 late", False, "deferred"),
        (550, "5.4.4 no", False, "unreachable"),
        (554, "5.6.0 no", False, "refused"),
        (999, "", False, "unreachable"),
    ],
)
def test_the_enhanced_code_is_the_more_exact(code: int, text: str, patient: bool, cause: str) -> None:
    assert failure_of(code, text, patient=patient).cause == cause


def test_each_kind_is_an_error_of_the_contract() -> None:
    errors = [error_of(failure_of(code, text), "mots") for code, text in ((452, "4.2.2 full"), (550, ""), (530, ""))]
    assert [type(error) for error in errors] == [RetryLater, Refused, NotConfigured]
    assert isinstance(errors[0], RetryLater)
    assert (errors[0].after, [error.cause for error in errors]) == (FULL_BOX, ["quota", "unknown_box", "certificate"])
