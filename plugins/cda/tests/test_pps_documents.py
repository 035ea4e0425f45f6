"""What the platform writes of a PPS: its sections, its links, what is done on the day of the rendering, words of every kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from dcc.contracts.care.syntheses import others_line, syntheses
from dcc.contracts.snapshots import FormSnapshot, InstanceId
from dcc.contracts.testing import make_artifact
from forms_config.schema.answers import without_row_ids
from forms_config.schema.model import FormSchema, Question, Section, schema_to_json
from forms_config.schema.samples import Kind
from plugins.cda.api import PPS_N1, PPS_N3, CdaRenderer, encode
from plugins.cda.codecs.sections import REGIONAL_TITLE
from plugins.cda.codecs.xml import Q
from plugins.cda.tests.documents import FOLLOWED, PDF, PPS_SCHEMA, make_pps, options, parsed, pps_answers_of, read, written_pps
from plugins.cda.tests.test_round_trip import KINDS
from plugins.cda.tests.test_written_documents import found, one, said

TREATMENTS = {value["code"]: dict(value) for value in options("jdv-type-traitement-pps-cisis")}
SURGERY, CHEMOTHERAPY = TREATMENTS["387713003"], TREATMENTS["C15632"]
BEFORE, AFTER = (datetime.fromisoformat(f"2026-03-{day}T09:00:00+01:00") for day in ("09", "11"))
T = "pps.traitements"


def row(number: int, **columns: Any) -> dict[str, Any]:
    """A row of treatments."""
    return {"id": f"r{number}", "values": {f"{T}.{name}": value for name, value in columns.items()}}


def acts() -> dict[str, Any]:
    """Three treatments, of which two end on 10 March; one of them is not worth a row of the synthesis."""
    return {
        T: [
            row(1, type=CHEMOTHERAPY, debut="2026-01-05", fin="2026-03-10", cures=3, intervalle=21, effets="Fatigue."),
            row(2, type=SURGERY, debut_prevu="2026-05", rythme="le matin"),
            row(3, type=SURGERY, debut="2026-03-10", notable=False),
        ]
    }


def rendered(answers: dict[str, Any], as_of: datetime, **changes: Any) -> bytes:
    """The level 3 of these answers, as the platform asks for it."""
    pdf = {"pdf-a1": make_artifact("pdf-a1", PDF)}
    return CdaRenderer("cda-n3").render(make_pps(answers, **changes), pdf, as_of=as_of).content


def moods(root: etree._Element) -> list[str]:
    """Moods of the procedures, in order."""
    return [element.get("moodCode", "") for element in found(root, "//h:procedure")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_resolves_and_every_anchor_is_unique(kind: Kind) -> None:
    for as_of in (BEFORE, AFTER):
        root = parsed(rendered(pps_answers_of(kind), as_of))
        anchors = [element.get("ID") for element in root.iter("*") if element.get("ID")]
        assert len(anchors) == len(set(anchors))
        links = [value.removeprefix("#") for reference in root.iter(Q + "reference") if (value := reference.get("value"))]
        assert len(links) > 5
        assert [link for link in links if link not in anchors] == []


def test_the_maximal_document_has_all_the_sections_of_the_volet_in_order() -> None:
    root = parsed(written_pps(pps_answers_of("maximal")))
    titles = [said(element) for element in found(root, "//h:structuredBody/h:component/h:section/h:title")]
    assert titles == [
        "Statut du document",
        "PROGRAMME THÉRAPEUTIQUE ET DE SUIVI",
        "SOINS ONCOLOGIQUES DE SUPPORT, ACCOMPAGNEMENT SOCIAL ET SOCIOPROFESSIONNEL",
        "COMMENTAIRE SUR LE PATIENT",
        "PÉDIATRIE",
        "DIAGNOSTIC",
        "MODE DE DÉCOUVERTE DU CANCER",
        "PHASE CLINIQUE DE LA MALADIE",
        "DOCUMENTS RÉFÉRENCÉS",
        "DOCUMENTS AJOUTÉS",
        "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT",
        "Copie du document",
    ]


def test_what_is_done_follows_the_day_of_the_rendering_and_the_answers_do_not() -> None:
    before, after = rendered(acts(), BEFORE), rendered(acts(), AFTER)
    assert moods(parsed(before)) == ["INT", "INT", "INT"]
    assert moods(parsed(after)) == ["EVN", "INT", "EVN"]
    synthesis = one(parsed(after), "//h:table[@ID='programme-therapeutique']")
    assert said(one(synthesis, "h:thead/h:tr[1]")) == "Synthèse des traitements et suivis (réalisés) au 11/03/2026"
    lines = [said(line) for line in found(synthesis, "h:tbody/h:tr")]
    assert lines == [
        "05/01/2026 10/03/2026 Chimiothérapie",
        "Effets secondaires notables Fatigue.",
        " ".join(others_line(syntheses(acts(), AFTER.date()).other_treatments).split()),
    ]
    assert "Intervention chirurgicale" in lines[-1]
    nothing = one(parsed(before), "//h:table[@ID='programme-therapeutique']/h:tbody")
    assert said(nothing) == "Rien n'est encore réalisé."
    for content in (before, after):
        result = read(content)
        assert without_row_ids(result.answers) == without_row_ids(acts())
        assert not result.findings
        assert not result.unknown_parts


def test_an_act_announced_as_done_that_is_not_is_told_and_kept_as_planned() -> None:
    meant = b'<procedure classCode="PROC" moodCode="INT"'
    content = rendered(acts(), BEFORE).replace(meant, meant.replace(b"INT", b"EVN"), 1)
    result = read(content)
    (finding,) = result.findings
    assert (finding.level, finding.question_key) == ("warning", T)
    assert "au 09/03/2026 (dernière date confirmée : 10/03/2026) ; repris comme prévu" in finding.message
    assert without_row_ids(result.answers) == without_row_ids(acts())


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"cures": 6, "intervalle": 21, "rythme": "IV en 1 h"}, "6 fois, tous les 21 jours, IV en 1 h"),
        ({"cures": 1}, "une seule fois"),
        ({"cures": 30, "intervalle": 1}, "30 fois, tous les jours"),
        ({"rythme": "2 fois, tous les 3 jours"}, "2 fois, tous les 3 jours"),
        ({"domicile": True}, "-"),
    ],
)
def test_a_rhythm_is_said_in_words_and_read_back(columns: dict[str, Any], words: str) -> None:
    answers = {T: [row(1, type=SURGERY, **columns)]}
    content = written_pps(answers)
    assert said(one(parsed(content), "//h:content[@ID='traitement-1-rythme']")) == words
    assert without_row_ids(read(content).answers) == without_row_ids(answers)


def test_the_frcp_comes_first_among_the_documents_referred_to() -> None:
    root = parsed(written_pps(pps_answers_of("maximal")))
    first = found(root, "//h:externalDocument/h:id")[0]
    assert (first.get("root"), first.get("extension")) == (FOLLOWED.identifier.root, FOLLOWED.identifier.extension)
    table = one(root, "//h:section[h:code/@code='55107-7'][h:title='DOCUMENTS RÉFÉRENCÉS']/h:text/h:table")
    assert said(found(table, ".//h:td")[0]) == "FRCP n°"


def test_a_new_version_keeps_its_set_and_says_what_it_replaces() -> None:
    changes = {"version_number": 3, "replaces": {"cda-n3": InstanceId("2.25.5"), "cda-n1": InstanceId("2.25.6")}}
    document = make_pps(pps_answers_of("minimal"), **changes)
    for tree, former in ((PPS_N3, "2.25.5"), (PPS_N1, "2.25.6")):
        root = parsed(encode(tree, document, PDF))
        assert one(root, "/h:ClinicalDocument/h:versionNumber").get("value") == "3"
        assert one(root, "//h:relatedDocument//h:id").get("root") == former
    assert one(parsed(encode(PPS_N3, document, PDF)), "/h:ClinicalDocument/h:setId").get("extension") == "lot-1"


def test_regional_answers_stand_in_the_narrative_of_their_section() -> None:
    homes = {
        "pps.programme": "PROGRAMME THÉRAPEUTIQUE ET DE SUIVI",
        "pps.references": "DOCUMENTS RÉFÉRENCÉS",
        "pps.contacts": "COMMENTAIRE SUR LE PATIENT",
        "pps.statut": "Statut du document",
    }
    asked = {home: Question(f"region.{home[4:]}", f"Question de {home}", "string") for home in homes}
    sections = [Section(f"region.{home[4:]}_s", "Ajout", (question,), element=home) for home, question in asked.items()]
    schema = FormSchema("f", "F", "pps", "pps", "2025.01", (*PPS_SCHEMA.sections, *sections))
    form = FormSnapshot("f", 2, "0" * 64, schema_to_json(schema))
    answers = {**pps_answers_of("typical"), **{question.key: "Réponse" for question in asked.values()}}
    result = read(written_pps(answers, form=form))
    assert {part.title: part.text for part in result.unknown_parts} == {
        f"{title} : {REGIONAL_TITLE}": f"Question de {home} : Réponse" for home, title in homes.items()
    }
    assert without_row_ids(result.answers) == without_row_ids(pps_answers_of("typical"))
