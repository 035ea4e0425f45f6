"""The maps name questions that exist, and the region changes them by settings that are refused in words when wrong (R-076)."""

from __future__ import annotations

from pathlib import Path

import pytest

import plugins.reprise
from dcc.contracts.testing import PluginConformance
from forms_config.catalogue.loader import default_schema, load_catalogue
from plugins.reprise.apps import RepriseConfig, RepriseSettings
from plugins.reprise.maps import Line, MapError, load_maps

LINES = [(whole.source, whole.target, line) for whole in load_maps().values() for line in whole.lines]


@pytest.mark.parametrize(("source", "target", "line"), LINES, ids=lambda v: v.key if isinstance(v, Line) else "")
def test_a_line_names_questions_of_both_volets(source: str, target: str, line: Line) -> None:
    read, written = (default_schema(load_catalogue(volet, "2025.01")) for volet in (source, target))
    own = ("document.identifiant",)
    assert all(key in own or read.by_key.get(key) for key in line.sources)
    question = written.by_key[line.target]
    columns = [*line.columns.values(), *line.fixed, *line.texts, *([line.column] if line.column else [])]
    assert all(question.column(key) for key in columns)
    group = read.by_key.get(line.source)
    assert all(key in line.sources or (group and group.column(key)) for key in line.columns)


@pytest.mark.parametrize("key", sorted(load_maps()))
def test_lines_have_names_of_their_own(key: str) -> None:
    names = [line.key for line in load_maps()[key].lines]
    assert len(names) == len(set(names))


def test_a_line_is_switched_off() -> None:
    kept = {line.key for line in load_maps(("frcp_pps.examens", "pps_pps.pps.documents"))["frcp_pps"].lines}
    assert kept == {line.key for line in load_maps()["frcp_pps"].lines} - {"examens"}


def test_lines_of_the_region_replace_and_are_added(tmp_path: Path) -> None:
    file = tmp_path / "region.yaml"
    file.write_text(
        """
frcp_pps:
  lines:
    - {key: souhaits, from: frcp.souhaits.texte, to: pps.statut.commentaire}
    - {key: autres, from: frcp.synthese.autres_donnees, to: pps.patient.commentaire, nature: clinical}
pps_pps:
  lines:
    - {key: pps.patient.commentaire, from: pps.patient.commentaire, to: pps.statut.commentaire}
""",
        encoding="utf-8",
    )
    maps = load_maps((), file)
    frcp = {line.key: line for line in maps["frcp_pps"].lines}
    assert (frcp["souhaits"].target, frcp["autres"].source) == ("pps.statut.commentaire", "frcp.synthese.autres_donnees")
    assert len(frcp) == len(load_maps()["frcp_pps"].lines) + 1
    pps = [line.target for line in maps["pps_pps"].lines if line.key == "pps.patient.commentaire"]
    assert pps == ["pps.statut.commentaire"]


WRONG = [
    ("frcp_vsm: {lines: []}", "Carte de reprise inconnue : frcp_vsm"),
    ("frcp_pps: []", "Une carte modifiée a une liste « lines »"),
    ("- x", "un dictionnaire est attendu"),
    ("a: [", "Carte de reprise illisible"),
    ("frcp_pps: {lines: [{key: a, from: b}]}", "ligne incorrecte (to)"),
    ("frcp_pps: {lines: [{key: a, from: b, to: c, colour: red}]}", "ligne incorrecte (colour)"),
    ("frcp_pps: {lines: [{key: a, from: b, to: c, with: magic}]}", "conversion inconnue « magic »"),
    ("frcp_pps: {lines: [{key: a, from: b, to: c, table: t}]}", "table inconnue « t »"),
    ("frcp_pps: {lines: [{key: a, from: b, to: c, with: past_acts}]}", "« past_acts » demande « table »"),
    ("frcp_pps: {lines: [{key: a, from: b, to: c, with: cell}]}", "« cell » demande « column »"),
    ("frcp_pps: {lines: [{key: a, from: b, to: c, nature: secret}]}", "nature inconnue « secret »"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_a_wrong_file_is_refused_in_words(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "region.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MapError) as refused:
        RepriseSettings(file=str(file))
    assert words in str(refused.value)


def test_a_wrong_setting_stops_the_plugin_at_start(settings: object) -> None:
    settings.DCC_PLUGIN_SETTINGS = {"reprise": {"off": ["frcp_pps.rien"]}}  # type: ignore[attr-defined]  # pytest-django
    (problem,) = RepriseConfig("plugins.reprise", plugins.reprise).problems()
    assert problem == "Réglage incorrect : Ligne de reprise inconnue : frcp_pps.rien"


class TestPlugin(PluginConformance):
    """The plugin as a whole."""

    def plugin(self) -> RepriseConfig:
        return RepriseConfig("plugins.reprise", plugins.reprise)
