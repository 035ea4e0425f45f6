"""The table of outcomes: every cell has one, and what must never happen does in none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

from dcc.exchange.regions.outcomes import AXES, MEANINGS, RULES, Facts, Outcome, outcome_of
from dcc.exchange.regions.states import ABROAD, GIVEN_UP, HAPPENING_LABELS, LABELS, OPEN, TRANSITIONS, Happening, State

REPLACING = {Outcome.RETURNED, Outcome.NEW_VERSION}


def cells() -> Iterator[Facts]:
    """All that may be known of a received document; what no reader read is not looked at further."""
    for values in product(*AXES.values()):
        facts: dict[str, Any] = dict(zip(AXES, values, strict=True))
        if facts["held"] == "rien" and (facts["content"] != "nouveau" or facts["patient"] in ("autre", "inconnu")):
            continue  # nothing is held that it could be compared with
        if facts["origin"] == "autre" and facts["held"] != "confiee":
            continue  # nobody in particular is to give it back
        yield Facts(**facts)


def test_every_cell() -> None:
    found: Counter[Outcome] = Counter()
    for facts in cells():
        outcome = outcome_of(facts)
        found[outcome] += 1
        meaning = MEANINGS[outcome]
        if meaning.taken:
            assert (facts.sender, facts.reading, facts.patient) == ("connu", "lu", "le_meme"), facts
            assert facts.identity in ("complete", "absente"), facts
            assert facts.content == "nouveau", facts
            assert not meaning.error
        if outcome is Outcome.RETURNED:
            assert facts.origin == "attendue", facts
        if outcome in REPLACING:
            assert (facts.kind, facts.held) in (("valide", "confiee"), ("valide", "recue")), facts
        if facts.identity == "absente" and meaning.taken:
            assert facts.held == "confiee" or facts.kind == "a_completer", facts
        if facts.held in ("ici", "reprise", "en_travail"):
            assert not meaning.taken, "what is written here is never replaced by what comes"
    assert set(found) == set(Outcome), "no outcome is out of reach"
    assert sum(found.values()) > 3000


def test_every_rule_decides_something() -> None:
    deciding = {next(rule for rule in RULES if rule.fits(facts)).outcome for facts in cells()}
    first = {id(next(rule for rule in RULES if rule.fits(facts))) for facts in cells()}
    assert deciding == set(Outcome)
    assert len(first) == len(RULES)


def test_words_and_codes() -> None:
    assert set(MEANINGS) == set(Outcome)
    assert {meaning.error for meaning in MEANINGS.values()} == {"", "900", "901", "902", "903", "904", "905", "906"}
    assert all(not meaning.taken or not meaning.kept_aside for meaning in MEANINGS.values())


def test_the_states_of_an_entrusted_document() -> None:
    assert set(LABELS) == set(State)
    assert set(HAPPENING_LABELS) == set(Happening)
    reached = set(TRANSITIONS.values()) | {State.SENT, State.TO_COMPLETE}
    assert reached == set(State), "every state is reached"
    assert ABROAD < OPEN
    assert not ABROAD & GIVEN_UP, "what was taken back is no longer in the hands of the other one"
    for (state, happening), after in TRANSITIONS.items():
        if state in GIVEN_UP and after is State.RETURNED:
            assert happening is Happening.ADOPTED, "after a recall only a person lets the return replace what is here"
