"""The search ladder (ins.md §1.7, CNDA 2.06 and 2.07): which questions, in which order, and when to stop. Pure.

Each given name of the list alone, in order; then the whole list in one ``Prenom``; the first 00 ends the search, and so does a
fault, which is an exception. The place is added to the questions that had several answers: adding a criterion to one that found
nobody would find nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from dcc.contracts.identity import Rung
from dcc.contracts.snapshots import IdentityTraits
from plugins.ins.insi.envelope import ByTraits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Climbed(Generic[T]):
    """The last question that counts, and its answer."""

    question: ByTraits
    code: str
    answer: T


def climb(
    traits: IdentityTraits, rungs: Sequence[Rung], ask: Callable[[ByTraits], T], code_of: Callable[[T], str]
) -> Climbed[T] | None:
    """Ask until exactly one identity is found; without one, 02 when a question had several answers, else 01.

    Nothing when there is nothing to ask (the place alone, of somebody whose place is not known).
    """
    done: list[Climbed[T]] = []
    for question in _questions(traits, rungs, done):
        answer = ask(question)
        done.append(Climbed(question, code_of(answer), answer))
        if done[-1].code == "00":
            return done[-1]
    several = [step for step in done if step.code == "02"]
    return next(reversed(several or done), None)


def _questions(traits: IdentityTraits, rungs: Sequence[Rung], done: Sequence[Climbed[T]]) -> Iterator[ByTraits]:
    """The rungs in their order; ``done`` fills meanwhile. The same question is not asked twice."""
    asked: set[ByTraits] = set()
    for rung in rungs:
        for question in _of(rung, traits, done):
            if question not in asked:
                asked.add(question)
                yield question


def _of(rung: Rung, traits: IdentityTraits, done: Sequence[Climbed[T]]) -> Sequence[ByTraits]:
    if rung == "each_given_name":
        return [_question(traits, name) for name in given_names(traits)]
    if rung == "all_given_names":
        return [_question(traits, traits.given_names or traits.first_given_name)]
    if not traits.birth_place_code:
        return []
    before = [step.question for step in done if step.code == "02"] if done else _without_place(traits)
    return [replace(question, birth_place=traits.birth_place_code) for question in before]


def _without_place(traits: IdentityTraits) -> list[ByTraits]:
    return [*_of("each_given_name", traits, ()), *_of("all_given_names", traits, ())]


def given_names(traits: IdentityTraits) -> Sequence[str]:
    """Each given name: the first as it is written (JEAN CLAUDE stays whole), then the others of the list."""
    first, names = traits.first_given_name, traits.given_names.split()
    taken = first.replace("-", " ").split()
    spaced = [word for name in names for word in name.split("-")]
    if spaced[: len(taken)] != taken:  # the list does not begin by it: all of them, the first one first
        return list(dict.fromkeys(filter(None, (first, *names))))
    count = 0
    while taken and count < len(names) and taken[: len(names[count].split("-"))] == names[count].split("-"):
        taken = taken[len(names[count].split("-")) :]
        count += 1
    return list(dict.fromkeys(filter(None, (first, *names[count:]))))


def _question(traits: IdentityTraits, given: str) -> ByTraits:
    return ByTraits(traits.birth_name, (given,), traits.sex, traits.birth_date)
