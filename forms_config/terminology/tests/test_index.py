"""Search and lookup in one table, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_config.terminology.concept import Concept, from_row, to_row
from forms_config.terminology.files import read_shipped
from forms_config.terminology.index import Table, compact, words_of

CIM = "2.16.840.1.113883.6.3"


def table(*rows: tuple[str, str], **synonyms: tuple[str, ...]) -> Table:
    return Table([Concept(code, CIM, label, synonyms=synonyms.get(code, ())) for code, label in rows])


SEIN = table(
    ("C50.0", "Tumeur maligne : mamelon et aréole"),
    ("C50.2", "Tumeur maligne : quadrant supéro-interne du sein"),
    ("C50.9", "Tumeur maligne : sein, sans précision"),
    ("C56", "Tumeur maligne de l'ovaire"),
    ("C69.9", "Tumeur maligne : œil, sans précision"),
    ("D05", "Carcinome in situ du sein"),
    ("D24", "Seins, tumeur bénigne"),
    C56=("annexes",),
)


def codes(found: list[Concept]) -> list[str]:
    return [c.code for c in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C50.2", ["C50.2"]),
        ("c502", ["C50.2"]),
        ("C50", ["C50.0", "C50.2", "C50.9"]),
        ("sein", ["D24", "D05", "C50.9", "C50.2"]),
        ("SEIN,", ["D24", "D05", "C50.9", "C50.2"]),
        ("sein tumeur maligne", ["C50.9", "C50.2"]),
        ("supero interne", ["C50.2"]),
        ("quad sup", ["C50.2"]),
        ("areole", ["C50.0"]),
        ("aréole mam", ["C50.0"]),
        ("l'ovaire", ["C56"]),
        ("annex", ["C56"]),
        ("oeil", ["C69.9"]),
        ("œil", ["C69.9"]),
        ("C50 sein", ["C50.9", "C50.2"]),
        ("prostate", []),
        ("...", ["C50.0", "C50.2", "C50.9", "C56", "C69.9", "D05", "D24"]),
        ("", ["C50.0", "C50.2", "C50.9", "C56", "C69.9", "D05", "D24"]),
    ],
)
def test_search(text: str, expected: list[str]) -> None:
    assert codes(SEIN.search(text)) == expected


def test_letters_look_for_labels_before_codes_and_digits_the_other_way_round() -> None:
    mixed = table(("MED-1", "Anatomie"), ("X-1", "Médecine"), ("X-2", "1 médecin"))
    assert codes(mixed.search("med")) == ["X-1", "MED-1", "X-2"]
    assert codes(mixed.search("med1")) == ["MED-1"]


def test_limit_and_preferred() -> None:
    assert codes(SEIN.search("tumeur", limit=2)) == ["C56", "C50.0"]
    assert codes(SEIN.search("tumeur", limit=2, preferred=("C50.9", "D05", "D24"))) == ["C50.9", "D24"]
    assert codes(SEIN.search("", limit=3, preferred=("D24", "absent", "C56"))) == ["D24", "C56", "C50.0"]
    assert codes(SEIN.search("C50.2", preferred=("C50.9",))) == ["C50.2"]
    assert SEIN.search("sein", limit=0) == []


def test_retired_codes_are_read_and_not_found() -> None:
    day = date.today()
    some = Table(
        [
            Concept("A", CIM, "ancien", valid_to=day),
            Concept("B", CIM, "bientôt ancien", valid_to=day + timedelta(days=1)),
            Concept("A", "1.2", "ancien, ailleurs"),
        ]
    )
    assert codes(some.search("ancien")) == ["A", "B"]
    assert [c.system for c in some.search("ancien ailleurs")] == ["1.2"]
    assert [c.system for c in some.search("", preferred=("A",))] == ["1.2", CIM]
    retired = some.lookup("A", CIM)
    assert retired is not None
    assert not retired.active
    assert (some.lookup("A") or retired).system == "1.2"
    assert some.lookup("A", "9.9") is None
    assert some.lookup("Z") is None
    assert len(some) == 3
    assert [c.label for c in some.active] == ["bientôt ancien", "ancien, ailleurs"]


LABELS = st.text(st.sampled_from("abcdeéœ '-,0123 "), min_size=1, max_size=30).filter(words_of)
CONCEPTS = st.lists(
    st.builds(
        Concept,
        st.text(st.sampled_from("ABC012.-/"), min_size=1, max_size=6).filter(compact),
        st.just(CIM),
        LABELS,
        synonyms=st.lists(LABELS, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda c: c.code,
)


@given(CONCEPTS)
def test_every_concept_is_found_by_its_code_and_by_each_of_its_words(concepts: list[Concept]) -> None:
    searched = Table(concepts)
    everything = len(concepts)
    for concept in concepts:
        exact = {c.code for c in concepts if compact(c.code) == compact(concept.code)}
        assert set(codes(searched.search(concept.code, limit=len(exact)))) == exact
        for text in (concept.label, *concept.synonyms):
            for word in words_of(text):
                for prefix in (word, word[:1], word[:-1] or word):
                    assert concept in searched.search(prefix, limit=everything)
        assert concept in searched.search(" ".join(reversed(words_of(concept.label))), limit=everything)
        assert searched.lookup(concept.code) == concept


@given(CONCEPTS, st.text(max_size=20), st.integers(1, 5))
def test_what_is_found_matches_and_is_found_once(concepts: list[Concept], text: str, limit: int) -> None:
    found = Table(concepts).search(text, limit=limit)
    assert len(found) <= limit
    assert len({c.code for c in found}) == len(found)
    for concept in found:
        words = [*words_of(concept.label), *words_of(concept.code), compact(concept.code)]
        words += [w for s in concept.synonyms for w in words_of(s)]
        by_code = compact(concept.code).startswith(compact(text))
        assert by_code or all(any(word.startswith(part) for word in words) for part in words_of(text))


@pytest.mark.parametrize("name", ["jdv-tumeur-cisis", "jdv-morphologie-cisis", "JDV_J01_XdsAuthorSpecialty_CISIS"])
def test_every_official_code_is_found_by_its_label(name: str) -> None:
    concepts = read_shipped(name).concepts
    searched = Table(concepts)
    for concept in concepts:
        if concept.active:
            assert concept.label in [c.label for c in searched.search(concept.label)]
            assert searched.search(concept.code)[0].code == concept.code


@given(
    st.builds(
        Concept,
        st.text(min_size=1, max_size=5),
        st.text(min_size=1, max_size=5),
        st.text(min_size=1, max_size=5),
        st.none() | st.dates(),
        st.none() | st.dates(),
        st.lists(st.text(min_size=1, max_size=5), max_size=2).map(tuple),
    )
)
def test_rows_keep_concepts(concept: Concept) -> None:
    assert from_row(to_row(concept)) == concept
