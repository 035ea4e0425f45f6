"""What is posted becomes answers, and answers become fields that give them back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.rendering import collect, field_name, parse_posted, split_name, to_posted
from forms_config.schema.model import Question
from forms_config.schema.tests.strategies import SIMPLE, STRINGS, values_of
from forms_config.schema.values import NULL_LABELS, check_value
from forms_config.terminology import api as terminology

pytestmark = pytest.mark.django_db
SCT = "2.16.840.1.113883.6.96"
TA = "1.2.250.1.213.1.1.4.322"
TNM = "2.16.840.1.113883.15.6"
NATURE = {"code": "ORG-117", "system": TA, "label": "RCP Appareil - Organes"}
SCHEMA = default_schema(load_catalogue("frcp", "2025.01"))


def ask(datatype: str, **kwargs: Any) -> Question:
    return Question(key="q", label="Question", datatype=datatype, **kwargs)  # type: ignore[arg-type]  # the literal comes from tables


def coded(**kwargs: Any) -> Question:
    return ask("coded", **{"values": "jdv-nature-discussion-cisis", **kwargs})


LATERALITY = ask("coded", values="jdv-modificateur-topographique-cisis")
TOPOGRAPHY = ask("coded", values="jdv-tumeur-cisis", free=True)
TNM_T = ask("coded", values="tnm-t", open=True, nulls=("NA",))
TREATMENT = ask("coded", values="jdv-type-traitement-frcp-cisis")
GP = ask("professional", nulls=("NA",))


@pytest.mark.parametrize(
    ("question", "raw", "value"),
    [
        (ask("string"), {"": [" deux  mots "]}, "deux mots"),
        (ask("string"), {"": ["null:NA"]}, "null:NA"),
        (ask("string"), {"": ["  "]}, None),
        (ask("string"), {}, None),
        (ask("text"), {"": ["a\r\nb"]}, "a\nb"),
        (ask("boolean"), {"": ["true"]}, True),
        (ask("boolean"), {"": ["Non"]}, False),
        (ask("boolean"), {"": [""]}, None),
        (ask("integer"), {"": ["1 200"]}, 1200),
        (ask("integer"), {"": ["1\u202f200"]}, 1200),
        (ask("integer"), {"": ["-3"]}, -3),
        (ask("decimal"), {"": [" 1 024,50 "]}, "1024.50"),
        (ask("decimal"), {"": ["−0.5"]}, "-0.5"),
        (ask("integer"), {"": ["0"]}, 0),
        (ask("date"), {"": ["29/01/2019"]}, "2019-01-29"),
        (ask("date"), {"": ["janvier 2019"]}, "2019-01"),
        (ask("date", nulls=("UNK",)), {"null": ["UNK"]}, {"null": "UNK"}),
        (ask("date", nulls=("UNK",)), {"": ["null:UNK"]}, {"null": "UNK"}),
        (ask("datetime"), {"": ["29/01/2019 9h30"]}, "2019-01-29T09:30+01:00"),
        (ask("datetime"), {"": ["01/2019"]}, "2019-01"),
        (ask("text", multiple=True), {"": ["a", "", " b "]}, ["a", "b"]),
        (ask("text", multiple=True), {"": [""]}, None),
        (ask("date", multiple=True), {"1": ["2020"], "0": ["2019"]}, ["2019", "2020"]),
        (coded(), {"": [f"ORG-117|{TA}"]}, NATURE),
        (coded(), {"": ["ORG-117"]}, NATURE),
        (coded(), {"": [f"ORG-117|{TA}"], "search": ["rcp appareil organes"]}, NATURE),
        (coded(), {"": [f"ORG-117|{TA}"], "label": ["falsifié"]}, NATURE),
        (coded(), {"": [""], "search": ["RCP Appareil - Organes"]}, NATURE),
        (coded(), {"search": ["org-117"]}, NATURE),
        (coded(), {"": [f"ORG-132|{TA}"], "search": ["RCP Appareil - Organes"]}, NATURE),
        (coded(), {"": [""], "search": [""]}, None),
        (coded(multiple=True), {"": [f"ORG-117|{TA}", f"ORG-117|{TA}"]}, [NATURE]),
        (TOPOGRAPHY, {"text": ["sein, en haut"]}, {"text": "sein, en haut"}),
        (TOPOGRAPHY, {"search": ["quelque part"]}, {"text": "quelque part"}),
        (
            TOPOGRAPHY,
            {"": ["C56"], "text": ["ovaire, gauche"]},
            {"code": "C56", "system": "2.16.840.1.113883.6.3", "label": "Tumeur maligne de l'ovaire", "text": "ovaire, gauche"},
        ),
        (TNM_T, {"search": ["t1b"]}, {"code": "T1b", "system": TNM, "label": "T1b"}),
        (TNM_T, {"search": ["T1b(m)"]}, {"code": "T1b(m)", "system": TNM, "label": "T1b(m)"}),
        (TNM_T, {"": [f"T9|{TNM}"], "label": ["T neuf"]}, {"code": "T9", "system": TNM, "label": "T neuf"}),
        (TNM_T, {"": ["null:NA"], "search": ["Sans objet"]}, {"null": "NA"}),
        (GP, {"null": ["NA"]}, {"null": "NA"}),
        (GP, {"family": [""], "prefix": ["MME"]}, None),
        (
            GP,
            {
                "family": ["MARTIN"],
                "given": ["Alice"],
                "suffix": ["DR"],
                "id": ["810000000001"],
                "profession": ["G15_10/SM36"],
                "telecoms": ["02 41 00 00 01", "alice@example.invalid", "tel:0241000002|WP", ""],
                "address.city": ["ANGERS"],
                "address.use": ["WP"],
                "organisation.name": ["CHU"],
                "organisation.id": ["1490000031"],
                "organisation.sector": ["ETABLISSEMENT"],
            },
            {
                "family": "MARTIN",
                "given": "Alice",
                "suffix": "DR",
                "id": {"root": "1.2.250.1.71.4.2.1", "extension": "810000000001"},
                "profession": {
                    "code": "G15_10/SM36",
                    "system": "1.2.250.1.213.1.1.4.5",
                    "label": "Médecin - Oncologie, opt médicale (SM)",
                },
                "telecoms": [
                    {"value": "tel:0241000001"},
                    {"value": "mailto:alice@example.invalid"},
                    {"value": "tel:0241000002", "use": "WP"},
                ],
                "address": {"city": "ANGERS", "use": "WP"},
                "organisation": {
                    "name": "CHU",
                    "id": {"root": "1.2.250.1.71.4.2.2", "extension": "1490000031"},
                    "sector": {"code": "ETABLISSEMENT", "system": "1.2.250.1.213.1.1.4.9", "label": "Etablissement de santé"},
                },
            },
        ),
        (
            ask("organisation"),
            {"name": ["CHU"], "address.lines": ["4 rue Larrey\r\n49100 ANGERS"], "id_root": ["1.2.250.1.71.4.2.2"]},
            {"name": "CHU", "address": {"lines": ["4 rue Larrey", "49100 ANGERS"]}},
        ),
        (ask("organisation"), {"address.use": ["WP"]}, None),
    ],
    ids=lambda v: repr(v)[:70],
)
def test_parse(question: Question, raw: dict[str, list[str]], value: Any) -> None:
    assert parse_posted(question, raw) == value


@pytest.mark.parametrize(
    ("question", "raw", "message"),
    [
        (ask("boolean"), {"": ["peut-être"]}, "oui ou par non"),
        (ask("integer"), {"": ["1,5"]}, "nombre entier"),
        (ask("decimal"), {"": ["soixante"]}, "Un nombre est attendu"),
        (ask("integer"), {"": ["9999999999"]}, "hors des bornes"),
        (ask("integer"), {"": ["٣"]}, "nombre entier"),
        (ask("date"), {"": ["hier"]}, "Date attendue"),
        (ask("date"), {"": ["29/01/2019 9h30"]}, "Date attendue"),
        (ask("string"), {"": ["a" * 501]}, "Texte trop long"),
        (ask("string"), {"": ["a\x00"]}, "non imprimable"),
        (coded(), {"": ["ORG-999"]}, "« ORG-999 » ne fait pas partie de la liste"),
        (coded(), {"": [f"ORG-117|{SCT}"]}, "ne fait pas partie"),
        (coded(), {"search": ["rcp"]}, "par exemple « RCP Appareil - Organes », « RCP Transversale"),
        (coded(), {"search": ["zzz"]}, "« zzz » ne fait pas partie de la liste"),
        (coded(), {"text": ["mes mots"]}, "Choisir une valeur de la liste"),
        (coded(), {"": ["null:NA"]}, "ne fait pas partie"),
        (coded(), {"null": ["NA"]}, "Une valeur est attendue"),
        (TNM_T, {"null": ["UNK"]}, "Une valeur est attendue"),
        (TNM_T, {"": ["T1"], "null": ["NA"]}, "pas les deux"),
        (TNM_T, {"search": ["deux mots"]}, "« deux mots » ne fait pas partie"),
        (TREATMENT, {"": [f"MED-227|{TA}"]}, "« Surveillance active » n'est plus en vigueur"),
        (GP, {"given": ["Alice"]}, "Nom du professionnel"),
        (GP, {"family": ["A"], "profession": ["INCONNUE"]}, "ne fait pas partie"),
        (GP, {"family": ["A"], "telecoms": ["bonjour"]}, "« bonjour » : numéro de téléphone"),
        (GP, {"family": ["A"], "null": ["NA"]}, "pas les deux"),
        (GP, {"family": ["A"], "organisation.id": ["1"]}, "Nom de la structure"),
        (GP, {"family": ["A"], "id": ["1"], "id_root": ["pas une racine"]}, "Identifiant incorrect"),
        (ask("organisation"), {"name": ["A"], "address.lines": ["x"], "address.city": ["y"]}, "pas les deux"),
        (ask("text", multiple=True), {"": ["a"] * 201}, "200 valeurs au plus"),
        (ask("group"), {"": ["x"]}, "colonne par colonne"),
    ],
    ids=lambda v: repr(v)[:70],
)
def test_refused(question: Question, raw: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_posted(question, raw)


RETIRED = {"code": "MED-227", "system": TA, "label": "Surveillance active"}
FOREIGN = {"code": "XYZ", "system": "1.2.3", "label": "Code d'une autre liste", "text": "dit autrement"}


@pytest.mark.parametrize("current", [RETIRED, FOREIGN, {**NATURE, "label": "Ancien libellé"}], ids=repr)
def test_what_was_there_may_stay(current: dict[str, str]) -> None:
    question = ask("coded", values="jdv-type-traitement-frcp-cisis")
    assert parse_posted(question, to_posted(question, current), current=current) == current
    many = ask("coded", values="jdv-type-traitement-frcp-cisis", multiple=True)
    assert parse_posted(many, to_posted(many, [current]), current=[current]) == [current]


def test_the_time_that_was_there_keeps_its_seconds_and_offset() -> None:
    question, current = ask("datetime"), "2019-01-29T09:49:10-04:00"
    assert parse_posted(question, {"": ["29/01/2019 09:49"]}, current=current) == current
    assert parse_posted(question, {"": ["29/01/2019 09:50"]}, current=current) == "2019-01-29T09:50+01:00"


def test_the_pinned_version_decides() -> None:
    pins = {"jdv-nature-discussion-cisis": terminology.current_version("jdv-nature-discussion-cisis")}
    assert parse_posted(coded(), {"": ["ORG-117"]}, value_sets=pins) == NATURE
    with pytest.raises(terminology.UnknownValueSet):
        parse_posted(coded(), {"": ["ORG-117"]}, value_sets={"jdv-nature-discussion-cisis": "2019-01-01-00000000"})


def in_list(question: Question) -> st.SearchStrategy[Any]:
    """Answers that may be chosen: codes of the list, other codes of an open list, texts of a free one."""
    value: st.SearchStrategy[Any] = st.sampled_from([c.value for c in terminology.concepts(question.values)])
    if question.free:
        value = st.one_of(
            value, st.fixed_dictionaries({"text": STRINGS}), st.builds(lambda v, t: {**v, "text": t}, value, STRINGS)
        )
    if question.open:
        value = st.one_of(
            value, st.fixed_dictionaries({"code": st.sampled_from(["T9", "Tz.1"]), "system": st.just(TNM), "label": STRINGS})
        )
    if question.nulls:
        value = st.one_of(value, st.sampled_from([{"null": n} for n in question.nulls]))
    return value


def rebuilt(question: Question, value: Any) -> Any:
    return parse_posted(question, to_posted(question, value), value_sets={})


@pytest.mark.parametrize("datatype", [d for d in SIMPLE if d != "coded"])
@pytest.mark.parametrize("multiple", [False, True], ids=["one", "many"])
def test_answers_come_back(datatype: str, multiple: bool) -> None:
    question = ask(datatype, multiple=multiple, nulls=("NA", "UNK"))

    @given(values_of(question))
    def holds(value: Any) -> None:
        assume(not (isinstance(value, str) and value.startswith("null:")))
        assert parse_posted(question, to_posted(question, value), current=value) == value

    holds()


@pytest.mark.parametrize("datatype", ["string", "text", "boolean", "integer", "date", "datetime"])
def test_simple_answers_come_back_without_knowing_the_former(datatype: str) -> None:
    question = ask(datatype)

    @given(values_of(question))
    def holds(value: Any) -> None:
        assert rebuilt(question, value) == value

    holds()


CODED = [q for top in SCHEMA.questions() for q in (top, *top.columns) if q.datatype == "coded"]


@pytest.mark.parametrize("question", CODED, ids=lambda q: q.key)
def test_coded_answers_come_back(question: Question) -> None:
    one = in_list(question)

    @given(st.lists(one, min_size=1, max_size=3, unique_by=repr) if question.multiple else one)
    def holds(value: Any) -> None:
        assume(not (isinstance(value, dict) and value.get("text") == value.get("label")))
        assert rebuilt(question, value) == value

    holds()


def test_nothing_is_no_field() -> None:
    assert to_posted(ask("string"), None) == {}


@pytest.mark.parametrize("null", NULL_LABELS)
def test_null_flavours_come_back(null: str) -> None:
    question = ask("coded", values="tnm-t", nulls=tuple(NULL_LABELS))
    assert rebuilt(question, {"null": null}) == {"null": null}


def test_names() -> None:
    assert field_name("frcp.cro.chirurgien", "organisation.name") == "frcp.cro.chirurgien:organisation.name"
    assert split_name("g/r1/frcp.k:text") == ("g/r1/frcp.k", "text")
    assert split_name("g/r1/frcp.k") == ("g/r1/frcp.k", "")
    assert collect([("a", ["1"]), ("a:text", ["t"]), ("g/r/b", ["2", "3"])]) == {
        "a": {"": ["1"], "text": ["t"]},
        "g/r/b": {"": ["2", "3"]},
    }


@given(
    st.sampled_from(CODED),
    st.dictionaries(
        st.sampled_from(["", "search", "text", "label", "null", "0", "0.search"]), st.lists(st.text(max_size=12), max_size=2)
    ),
)
def test_anything_posted_is_read_or_refused_in_french(question: Question, raw: dict[str, list[str]]) -> None:
    value, message = None, ""
    try:
        value = parse_posted(question, raw)
    except ValueError as error:
        message = str(error)
    assert not (message and value)
    if not message:
        assert check_value(question, value) == value
