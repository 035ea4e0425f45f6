"""Answer values, datatype by datatype: what is accepted, in what normal form, what is refused and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_config.schema.canonical import canonical_json
from forms_config.schema.model import DATATYPES, Question
from forms_config.schema.tests.strategies import SIMPLE, values_of
from forms_config.schema.values import check_value, display, display_answer

OID = "2.16.840.1.113883.6.3"
CODE = {"code": "C50.2", "system": OID, "label": "Quadrant supéro-interne du sein"}


FILE = "0b9c7f1e-5c1a-4d3e-9a53-8d1f0a5f5e11"


def ask(datatype: str, **kwargs: Any) -> Question:
    return Question(key="q", label="Question", datatype=datatype, **kwargs)  # type: ignore[arg-type]  # the literal comes from tables


@pytest.mark.parametrize("datatype", DATATYPES)
@pytest.mark.parametrize("empty", [None, "", [], {}], ids=repr)
def test_nothing_is_nothing(datatype: str, empty: Any) -> None:
    assert check_value(ask(datatype), empty) is None


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        (ask("string"), "  deux\n mots ", "deux mots"),
        (ask("string"), "e\u0301cole", "école"),
        (ask("string"), "   ", None),
        (ask("text"), " a\r\nb\rc ", "a\nb\nc"),
        (ask("text"), "a\tb", "a\tb"),
        (ask("boolean"), True, True),
        (ask("boolean"), False, False),
        (ask("integer"), 0, 0),
        (ask("integer"), -2_000_000_000, -2_000_000_000),
        (ask("decimal"), "24.5", "24.5"),
        (ask("decimal"), "+024.50", "24.50"),
        (ask("decimal"), "-0.5", "-0.5"),
        (ask("decimal"), "000", "0"),
        (ask("file"), {"file": FILE, "name": "Scanner.pdf", "size": 3}, {"file": FILE, "name": "Scanner.pdf"}),
        (ask("file"), {"file": FILE}, {"file": FILE, "name": "pièce jointe"}),
        (ask("date"), "2019-01", "2019-01"),
        (ask("datetime"), "2019-01-29T09:49+01:00", "2019-01-29T09:49+01:00"),
        (ask("coded"), CODE, CODE),
        (ask("coded"), {"code": "C50.2", "system": OID}, {"code": "C50.2", "system": OID, "label": "C50.2"}),
        (ask("coded"), {**CODE, "text": CODE["label"]}, CODE),
        (ask("coded"), {**CODE, "text": "sein, en haut"}, {**CODE, "text": "sein, en haut"}),
        (ask("coded", free=True), {"text": " mes mots "}, {"text": "mes mots"}),
        (ask("coded", free=True), {"text": "  "}, None),
        (ask("coded", nulls=("NA",)), {"null": "NA"}, {"null": "NA"}),
        (ask("professional", nulls=("NA",)), {"null": "NA"}, {"null": "NA"}),
        (ask("professional"), {"family": " MARTIN ", "given": "", "telecoms": []}, {"family": "MARTIN"}),
        (ask("organisation"), {"name": "CH", "address": {"city": " ANGERS "}}, {"name": "CH", "address": {"city": "ANGERS"}}),
        (ask("text", multiple=True), ["a", " ", "b "], ["a", "b"]),
        (ask("text", multiple=True), [" "], None),
        (ask("coded", multiple=True), [CODE], [CODE]),
        (ask("group"), [{"id": "r", "values": {}}], [{"id": "r", "values": {}}]),
    ],
    ids=repr,
)
def test_normal_form(question: Question, value: Any, expected: Any) -> None:
    assert check_value(question, value) == expected


@pytest.mark.parametrize(
    ("question", "value", "message"),
    [
        (ask("string"), 3, "Un texte est attendu"),
        (ask("string"), "a\x00b", "non imprimable"),
        (ask("text"), "a\ud800b", "non imprimable"),
        (ask("text"), "a\uffffb", "non imprimable"),
        (ask("text"), "a\x0bb", "non imprimable"),
        (ask("string"), "a" * 501, "501 caractères, 500 au plus"),
        (ask("text"), "a" * 20_001, "20001 caractères, 20000 au plus"),
        (ask("boolean"), "true", "oui ou par non"),
        (ask("boolean"), 1, "oui ou par non"),
        (ask("integer"), True, "nombre entier"),
        (ask("decimal"), 24.5, "Un nombre est attendu"),
        (ask("decimal"), "24,5", "Un nombre est attendu"),
        (ask("decimal"), "1e3", "Un nombre est attendu"),
        (ask("decimal"), "NaN", "Un nombre est attendu"),
        (ask("decimal"), "٣", "Un nombre est attendu"),
        (ask("file"), FILE, "pièce jointe"),
        (ask("file"), {"file": "../../etc/passwd"}, "pièce jointe"),
        (ask("integer"), 1.0, "nombre entier"),
        (ask("integer"), "1", "nombre entier"),
        (ask("integer"), 2_000_000_001, "hors des bornes"),
        (ask("date"), 2019, "Date attendue"),
        (ask("date"), "2019-01-29T09:49", "Date attendue"),
        (ask("date"), "2019-02-30", "n'existe pas"),
        (ask("datetime"), "hier", "Date attendue"),
        (ask("coded"), "C50.2", "Choisir une valeur"),
        (ask("coded"), {"text": "mes mots"}, "Choisir une valeur"),
        (ask("coded"), {"label": "sans code"}, "Choisir une valeur"),
        (ask("coded"), {"code": "C50.2"}, "sans son système"),
        (ask("coded"), {"code": "C50.2", "system": "CIM 10"}, "sans son système"),
        (ask("coded"), {**CODE, "label": "a\x00"}, "non imprimable"),
        (ask("coded"), {"null": "NA"}, "Une valeur est attendue"),
        (ask("coded", nulls=("NA",)), {"null": "UNK"}, "Une valeur est attendue"),
        (ask("professional"), {"given": "Alice"}, "Nom du professionnel"),
        (ask("professional"), {"family": "A", "rpps": "8"}, "Donnée inattendue : rpps"),
        (ask("professional"), {"family": "A", "id": {"extension": "8"}}, "Identifiant incorrect"),
        (ask("professional"), {"family": "A", "id": "810"}, "Identifiant incorrect"),
        (ask("professional"), {"family": "A", "profession": {"code": "G15_10"}}, "sans son système"),
        (ask("professional"), {"family": "A", "telecoms": "0241"}, "Coordonnées incorrectes"),
        (ask("professional"), {"family": "A", "telecoms": [{"value": "tel:1", "x": "y"}]}, "Coordonnée incorrecte"),
        (ask("professional"), {"family": "A", "address": {"ville": "ANGERS"}}, "Adresse incorrecte"),
        (ask("professional"), {"family": "A", "address": {"lines": ["x"], "city": "y"}}, "pas les deux"),
        (ask("professional"), {"family": "A", "organisation": {"address": {"city": "x"}}}, "Nom de la structure"),
        (ask("organisation"), "CH", "Nom de la structure"),
        (ask("text", multiple=True), "a", "Une liste de"),
        (ask("text", multiple=True), ["a"] * 201, "Une liste de 200"),
        (ask("text", multiple=True), ["a", 3], "Un texte est attendu"),
        (ask("group"), {"id": "r"}, "liste de lignes"),
    ],
    ids=lambda v: repr(v)[:60],
)
def test_refused(question: Question, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_value(question, value)


@pytest.mark.parametrize("datatype", SIMPLE)
def test_normal_values_are_kept_as_they_are(datatype: str) -> None:
    @given(values_of(ask(datatype, free=datatype == "coded")))
    def holds(value: Any) -> None:
        assert check_value(ask(datatype, free=datatype == "coded"), value) == value

    holds()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "system", "text", "family", "id", "null"]), inner)
    ),
)


@given(st.sampled_from(DATATYPES), st.booleans(), JSON)
def test_any_json_is_accepted_or_refused_in_french(datatype: str, multiple: bool, value: Any) -> None:
    question = ask(datatype, multiple=multiple, free=True)
    try:
        checked = check_value(question, value)
    except ValueError as error:
        checked, message = None, str(error)
    else:
        message = "aucun"
    assert message
    canonical_json(checked)
    assert check_value(question, checked) == checked


@pytest.mark.parametrize(
    ("question", "value", "shown"),
    [
        (ask("boolean"), None, ""),
        (ask("boolean"), True, "Oui"),
        (ask("boolean"), False, "Non"),
        (ask("integer"), 0, "0"),
        (ask("decimal"), "24.5", "24,5"),
        (ask("file"), {"file": FILE, "name": "Scanner.pdf"}, "Scanner.pdf"),
        (ask("date"), "2019-01", "01/2019"),
        (ask("date", nulls=("UNK",)), {"null": "UNK"}, "Inconnu"),
        (ask("date", multiple=True), ["2019", "2020-02-03"], "2019, 03/02/2020"),
        (ask("datetime"), "2019-01-29T09:49+01:00", "29/01/2019 09:49"),
        (ask("coded"), CODE, "Quadrant supéro-interne du sein"),
        (ask("coded"), {**CODE, "text": "sein"}, "sein"),
        (ask("coded"), {"code": "X", "system": OID}, "X"),
        (ask("coded", multiple=True), [CODE, {"text": "autre"}], "Quadrant supéro-interne du sein, autre"),
        (ask("coded", nulls=("NA",)), {"null": "NA"}, "Sans objet"),
        (
            ask("professional"),
            {"family": "MARTIN", "given": "Alice", "suffix": "DR", "organisation": {"name": "CHU"}},
            "DR Alice MARTIN (CHU)",
        ),
        (ask("professional"), {"family": "MARTIN"}, "MARTIN"),
        (ask("organisation"), {"name": "CHU"}, "CHU"),
    ],
    ids=lambda v: repr(v)[:60],
)
def test_display(question: Question, value: Any, shown: str) -> None:
    assert display_answer(question, value) == shown


def test_display_of_a_plain_date_is_left_alone() -> None:
    assert display("2019-01") == "2019-01"
