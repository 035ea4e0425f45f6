"""The region's words for codes: found, shown, never stored with an answer, fresh in every process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied

from dcc.audit import api as audit
from forms_config.terminology import words
from forms_config.terminology.api import concepts, current_version, load_shipped, lookup, name_code, search, words_edition
from forms_config.terminology.models import PreferredLabel, ValueSet

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
TUMOURS = "jdv-tumeur-cisis"


@pytest.fixture(autouse=True)
def _fresh_words() -> Iterator[None]:
    """What a test named is forgotten with it."""
    words.forget()
    yield
    words.forget()


@pytest.fixture
def breast() -> tuple[str, str]:
    load_shipped()
    found = lookup(TUMOURS, "C50.2")
    assert found is not None
    return found.code, found.system


def test_words_are_shown_and_found_and_the_answer_keeps_the_official_label(edith: User, breast: tuple[str, str]) -> None:
    official = lookup(TUMOURS, "C50.2")
    assert official is not None
    name_code(actor=edith, value_set=TUMOURS, code=breast, label="QSI du sein", synonyms=["quadrant haut et dedans", " "])
    found = lookup(TUMOURS, "C50.2")
    assert found is not None
    assert (found.shown, found.label, found.words) == ("QSI du sein", official.label, ("quadrant haut et dedans",))
    assert found.value == official.value
    for typed in ("qsi", "QSI du s", "haut dedans", "C50.2", official.label):
        assert search(TUMOURS, typed)[0].code == "C50.2", typed
    assert search(TUMOURS, "qsi", version=current_version(TUMOURS))[0].code == "C50.2"
    assert next(c for c in concepts(TUMOURS) if c.code == "C50.2").shown == "QSI du sein"
    trace = next(iter(audit.traces(subject=f"value_set:{TUMOURS}")))
    assert (trace.action, trace.actor_id) == ("terminology.named", edith.pk)


def test_words_are_taken_away(edith: User, breast: tuple[str, str]) -> None:
    name_code(actor=edith, value_set=TUMOURS, code=breast, label="QSI du sein")
    before = words_edition()
    name_code(actor=edith, value_set=TUMOURS, code=breast, label="QSI du sein")
    assert words_edition() == before
    name_code(actor=edith, value_set=TUMOURS, code=breast, label="")
    assert search(TUMOURS, "qsi") == []
    assert words_edition() != before
    assert not PreferredLabel.objects.exists()


def test_another_process_sees_them_within_seconds(edith: User, breast: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    words.forget()
    assert search(TUMOURS, "qsi") == []
    monkeypatch.setattr(words, "forget", lambda: None)  # as if it happened elsewhere
    name_code(actor=edith, value_set=TUMOURS, code=breast, label="QSI du sein")
    now[0] += words.REFRESH - 1
    assert search(TUMOURS, "qsi") == []
    now[0] += 1
    assert [c.code for c in search(TUMOURS, "qsi")] == ["C50.2"]
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("label", "synonyms", "message"),
    [
        ("a" * 201, [], "200 caractères"),
        ("", ["a" * 201], "200"),
        ("", [str(n) for n in range(21)], "20 synonymes"),
        ("\x07", [], "imp"),
    ],
    ids=["long label", "long synonym", "many", "bell"],
)
def test_words_that_do_not_fit(edith: User, breast: tuple[str, str], label: str, synonyms: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        name_code(actor=edith, value_set=TUMOURS, code=breast, label=label, synonyms=synonyms)


def test_unknown_list(edith: User) -> None:
    with pytest.raises(LookupError, match="Jeu de valeurs inconnu"):
        name_code(actor=edith, value_set="inconnue", code=("A", "B"), label="x")


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("edith", True), ("adrien", True), ("alice", False), ("bob", False), ("charlie", False), ("sonia", False), ("lea", False)],
)
@pytest.mark.parametrize("official", [True, False])
def test_who_names(request: pytest.FixtureRequest, breast: tuple[str, str], who: str, allowed: bool, official: bool) -> None:
    actor: User = request.getfixturevalue(who)
    name = TUMOURS if official else "regionale"
    ValueSet.objects.get_or_create(name=name, defaults={"title": "Régionale", "official": False})
    if allowed:
        name_code(actor=actor, value_set=name, code=breast, label="x")
    else:
        with pytest.raises(PermissionDenied):
            name_code(actor=actor, value_set=name, code=breast, label="x")
    assert PreferredLabel.objects.exists() is allowed
