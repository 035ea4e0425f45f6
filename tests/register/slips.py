"""What is typed of a person by somebody who is in a hurry, heard the name, or reads it elsewhere: one function by kind of slip.

Each takes a draw and a person and gives the typed text, or nothing when the kind does not fit the person.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from tests.register.people import Person, registered

Typed = Callable[[random.Random, Person], str | None]
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

HEARD = (
    ("ph", "f"),
    ("f", "ph"),
    ("y", "i"),
    ("i", "y"),
    ("eau", "o"),
    ("eau", "au"),
    ("au", "eau"),
    ("au", "o"),
    ("ault", "eau"),
    ("aud", "o"),
    ("ot", "eau"),
    ("th", "t"),
    ("t", "th"),
    ("qu", "k"),
    ("c(?=[aou])", "k"),
    ("c(?=[aou])", "qu"),
    ("k", "c"),
    ("ss(?=[eiy])", "c"),
    ("c(?=[eiy])", "ss"),
    ("s(?=[aeiouy])", "z"),
    ("z", "s"),
    ("an(?=[^aeiouyn]|$)", "en"),
    ("en(?=[^aeiouyn]|$)", "an"),
    ("ain$", "in"),
    ("in$", "ain"),
    ("in$", "un"),
    ("ai", "e"),
    ("er$", "ez"),
    ("er$", "é"),
    ("ez$", "er"),
    ("ier$", "ié"),
    ("h", ""),
    ("g(?=[eiy])", "j"),
    ("j(?=[eiy])", "g"),
    ("oeu", "eu"),
    ("ou", "oo"),
    ("w", "v"),
    ("x$", "s"),
    ("[dtsx]$", ""),
    ("e$", ""),
    ("$", "e"),
    ("$", "s"),
    ("([lmnrt])(?=[aeiouy])", r"\1\1"),
    (r"([lmnrtfps])\1", r"\1"),
)
"""What is written for what is heard in French: a pattern and what comes in its place."""


def _day(person: Person) -> str:
    year, month, day = person.born.split("-")
    return f"{day}/{month}/{year}"


def _plain(name: str) -> str:
    return registered(name).lower()


def _with_day(rng: random.Random, person: Person, names: str) -> str:
    """Half type the birth date, a quarter the year, a quarter nothing more."""
    return f"{names} {rng.choice((_day(person), _day(person), person.born[:4], ''))}".strip()


def nothing(rng: random.Random, person: Person) -> str:
    """No slip: as on a paper, accents included."""
    return _with_day(rng, person, f"{person.birth_name} {person.given[0]}")


def accents(rng: random.Random, person: Person) -> str | None:
    """Accents and ligatures dropped."""
    names = f"{person.birth_name} {person.given[0]}"
    return _with_day(rng, person, _plain(names)) if _plain(names) != names.lower() else None


def signs(rng: random.Random, person: Person) -> str | None:
    """Hyphen, space and apostrophe taken for one another, or left out."""
    names = [person.birth_name, person.given[0]]
    if not re.search("[-' ]", "".join(names)):
        return None
    return _with_day(rng, person, " ".join(re.sub("[-' ]+", rng.choice(("", " ", "-", "'")), _plain(name)) for name in names))


def order(rng: random.Random, person: Person) -> str:
    """Given name first."""
    return _with_day(rng, person, f"{_plain(person.given[0])} {_plain(person.birth_name)}")


def used(rng: random.Random, person: Person) -> str | None:
    """The used name in place of the birth name."""
    return _with_day(rng, person, f"{_plain(person.used_name)} {_plain(person.given[0])}") if person.used_name else None


def both(rng: random.Random, person: Person) -> str | None:
    """Used name and birth name, as administrations write them."""
    if not person.used_name or person.sex != "F":
        return None
    return f"Mme {person.used_name} née {person.birth_name} {person.given[0]}"


def among(rng: random.Random, person: Person) -> str | None:
    """Another given name of the list."""
    if len(person.given) < 2:
        return None
    return _with_day(rng, person, f"{_plain(person.birth_name)} {_plain(rng.choice(person.given[1:]))}")


def part(rng: random.Random, person: Person) -> str | None:
    """One part of a compound name, or a name without its particle."""
    parts = [word for word in re.split("[-' ]+", _plain(person.birth_name)) if len(word) > 3]
    if len(re.split("[-' ]+", person.birth_name)) < 2 or not parts:
        return None
    return _with_day(rng, person, f"{rng.choice(parts)} {_plain(person.given[0])}")


def begun(rng: random.Random, person: Person) -> str:
    """The first letters of both names, with the year."""
    family, given = _plain(person.birth_name), _plain(person.given[0])
    return f"{family[: rng.randint(4, 6)]} {given[: rng.randint(2, 4)]} {person.born[:4]}"


def _slipped(rng: random.Random, word: str) -> str:
    place, letter = rng.randrange(len(word)), rng.choice(ALPHABET)
    return rng.choice(
        (
            word[:place] + letter + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
        )
    )


def one_slip(rng: random.Random, person: Person) -> str:
    """One letter changed, added, lost, or exchanged with its neighbour, in one of the names."""
    names = [_plain(person.birth_name), _plain(person.given[0])]
    place = rng.choice((0, 0, 1))
    names[place] = _slipped(rng, names[place])
    return _with_day(rng, person, " ".join(names))


def two_slips(rng: random.Random, person: Person) -> str:
    """Two such slips, in the same name or one in each."""
    names = [_plain(person.birth_name), _plain(person.given[0])]
    for place in rng.choice(((0, 0), (0, 1), (0, 1), (1, 1))):
        names[place] = _slipped(rng, names[place]) or names[place]
    return _with_day(rng, person, " ".join(names))


def _heard(rng: random.Random, name: str) -> str | None:
    fitting = [(pattern, written) for pattern, written in HEARD if re.search(pattern, name)]
    if not fitting:
        return None
    pattern, written = rng.choice(fitting)
    return re.sub(pattern, written, name, count=1)


def heard(rng: random.Random, person: Person) -> str | None:
    """The birth name as it is heard, not as it is written: one or two such spellings."""
    name = _heard(rng, _plain(person.birth_name))
    if name and rng.random() < 0.4:
        name = _heard(rng, name) or name
    return _with_day(rng, person, f"{name} {_plain(person.given[0])}") if name else None


def heard_given(rng: random.Random, person: Person) -> str | None:
    """The first given name as it is heard."""
    name = _heard(rng, _plain(person.given[0]))
    return _with_day(rng, person, f"{_plain(person.birth_name)} {name}") if name else None


def day_alone(rng: random.Random, person: Person) -> str:
    """The birth date alone."""
    return _day(person)


def day_slip(rng: random.Random, person: Person) -> str:
    """Both names right, one part of the birth date wrong or day and month exchanged."""
    year, month, day = person.born.split("-")
    other = rng.choice(
        (
            (year, month, f"{int(day) % 28 + 1:02}"),
            (year, f"{int(month) % 12 + 1:02}", day),
            (str(int(year) + rng.choice((-10, -1, 1))), month, day),
            (year, day, month) if int(day) <= 12 else (year, month, f"{int(day) % 28 + 1:02}"),
        )
    )
    return f"{_plain(person.birth_name)} {_plain(person.given[0])} {other[2]}/{other[1]}/{other[0]}"


def slip_and_order(rng: random.Random, person: Person) -> str:
    """Given name first and one slip: two things at once."""
    return _with_day(rng, person, f"{_plain(person.given[0])} {_slipped(rng, _plain(person.birth_name))}")


def used_heard(rng: random.Random, person: Person) -> str | None:
    """The used name as it is heard."""
    name = _heard(rng, _plain(person.used_name)) if person.used_name else None
    return _with_day(rng, person, f"{name} {_plain(person.given[0])}") if name else None


KINDS: Mapping[str, Typed] = {
    "sans erreur": nothing,
    "accents et ligatures omis": accents,
    "tiret, espace, apostrophe confondus ou omis": signs,
    "prénom d'abord": order,
    "nom utilisé au lieu du nom de naissance": used,
    "« Mme X née Y »": both,
    "autre prénom de la liste": among,
    "partie d'un nom composé, particule omise": part,
    "début des deux noms et année": begun,
    "une faute de frappe": one_slip,
    "deux fautes de frappe": two_slips,
    "nom écrit comme on l'entend": heard,
    "prénom écrit comme on l'entend": heard_given,
    "date de naissance seule": day_alone,
    "date de naissance fausse d'un élément": day_slip,
    "prénom d'abord et une faute de frappe": slip_and_order,
    "nom utilisé écrit comme on l'entend": used_heard,
}
"""Kind of slip, as the report names it -> how it is typed."""
