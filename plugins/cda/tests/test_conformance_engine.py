"""The Schematron engine on small schemas of our own: each rule of ISO Schematron that the kit relies on."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.cda.conformance.contexts import rooted_steps, shape, split_top, template_selection
from plugins.cda.conformance.kit import Kit
from plugins.cda.conformance.saxon import RawFinding, Saxon
from plugins.cda.conformance.schematron import SchematronError, read_schema
from plugins.cda.conformance.stylesheet import BROKEN, stylesheet

HL7 = "urn:hl7-org:v3"
NAMESPACES = {"cda": HL7, "hl7": HL7, "x": "urn:x"}
DOCUMENT = f"""<a xmlns="{HL7}"><b n="1"><templateId root="T1"/><templateId root="T2"/></b><b n="2"><templateId root="T1"/>
  <c>one</c><c>two</c></b><d><b n="3" m="x"/></d></a>"""


class Folder:
    """A kit that holds one schema (``head.sch``) and what it includes."""

    def __init__(self, root: Path) -> None:
        self.root = root / "schematrons"
        self.root.mkdir()
        self.saxon = Saxon(Kit(root, "essai"))

    def write(self, body: str, name: str = "head.sch", attributes: str = "") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f'<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2" {attributes}>'
            f'<ns prefix="cda" uri="{HL7}"/>{body}</schema>',
            encoding="utf-8",
        )
        return path

    def part(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("<pattern", '<pattern xmlns="http://purl.oclc.org/dsdl/schematron"', 1), encoding="utf-8")

    def run(self, body: str, document: str = DOCUMENT, attributes: str = "") -> list[RawFinding]:
        self.write(body, attributes=attributes)
        return self.saxon.run("head.sch", self.saxon.parse(document))

    def said(self, body: str, document: str = DOCUMENT, attributes: str = "") -> list[str]:
        return [found.message for found in self.run(body, document, attributes)]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def pattern(rules: str, identifier: str = "p") -> str:
    return f'<pattern id="{identifier}">{rules}</pattern>'


def test_assert_fails_when_false_and_report_when_true(folder: Folder) -> None:
    found = folder.run(
        pattern(
            '<rule context="cda:b"><assert test="@n &lt; 3" role="warning">n is <value-of select="@n"/> in <name/></assert>'
            '<report test="cda:c">has c:\n  <value-of select="cda:c"/></report></rule>'
        )
    )
    root = f"/Q{{{HL7}}}a[1]"
    assert sorted(found, key=lambda one: one.path) == [
        RawFinding("", "p", f"{root}/Q{{{HL7}}}b[2]", "has c: one two"),
        RawFinding("warning", "p", f"{root}/Q{{{HL7}}}d[1]/Q{{{HL7}}}b[1]", "n is 3 in b"),
    ]


def test_first_matching_rule_of_a_pattern_takes_the_node(folder: Folder) -> None:
    rules = (
        '<rule context="cda:d/cda:b"><report test="true()">in d <value-of select="@n"/></report></rule>'
        '<rule context="cda:b[@n=1] | cda:zz"><report test="true()">first <value-of select="@n"/></report></rule>'
        '<rule context="cda:b"><report test="true()">other <value-of select="@n"/></report></rule>'
        '<rule context="*[@n]"><report test="true()">never</report></rule>'
    )
    assert sorted(folder.said(pattern(rules))) == ["first 1", "in d 3", "other 2"]


def test_two_patterns_see_the_same_node(folder: Folder) -> None:
    rule = '<rule context="cda:d"><report test="true()">seen</report></rule>'
    assert folder.said(pattern(rule, "p") + pattern(rule, "q")) == ["seen", "seen"]


def test_template_index_selects_what_the_context_says(folder: Folder) -> None:
    rules = '<rule context="*[cda:templateId/@root = \'T1\']"><report test="true()">T1 <value-of select="@n"/></report></rule>'
    more = '<rule context="*[cda:templateId/@root=\'T1\' and @n=2]/cda:c"><report test="1"><value-of select="."/></report></rule>'
    assert folder.said(pattern(rules) + pattern(more, "q")) == ["T1 1", "T1 2", "one", "two"]


def test_contexts_other_than_elements(folder: Folder) -> None:
    rules = (
        '<rule context="/"><report test="cda:a">root</report></rule>'
        '<rule context="@m"><report test="true()">attribute <value-of select="."/></report></rule>'
        '<rule context="cda:c/text()"><report test=". = \'two\'">text <value-of select="."/></report></rule>'
        '<rule context="/cda:a/cda:d"><report test="true()">absolute</report></rule>'
    )
    found = folder.run(pattern(rules))
    assert [one.message for one in found] == ["root", "attribute x", "text two", "absolute"]
    assert found[1].path.endswith("/@m")


def test_variables_of_patterns_are_global_and_those_of_rules_local(folder: Folder) -> None:
    lets = '<let name="who" value="count(//cda:b)"/><pattern id="variables"><let name="last" value="\'3\'"/></pattern>'
    check = '<report test="$mine = $last"><value-of select="$who"/></report>'
    body = lets + pattern(f'<rule context="cda:b"><let name="mine" value="@n"/>{check}</rule>')
    assert folder.said(body) == ["3"]


def test_abstract_pattern_takes_its_parameters_longest_name_first(folder: Folder) -> None:
    body = (
        '<pattern id="abs" abstract="true"><rule context="$elt"><assert test="$elts = 9">[$elt] <value-of select="$elt_view"/>'
        "</assert></rule></pattern>"
        '<pattern id="one" is-a="abs"><param name="elt" value="cda:d"/><param name="elt_view" value="\'D\'"/>'
        '<param name="elts" value="count(//cda:b)"/></pattern>'
    )
    found = folder.run(body)
    assert [(one.pattern, one.message) for one in found] == [("one", "[$elt] D")]


def test_rules_extend_abstract_rules_of_any_pattern(folder: Folder) -> None:
    any_one = '<let name="n" value="@n"/><report test="$n = 1">any <value-of select="$n"/></report>'
    body = (
        f'<pattern><rule abstract="true" id="ANY">{any_one}</rule>'
        '<rule abstract="true" id="SUB"><extends rule="ANY"/><report test="$outer = 1">sub</report></rule>'
        '<rule abstract="true" id="TOP"><extends rule="SUB"/></rule></pattern>'
        + pattern('<rule context="cda:b"><let name="outer" value="@n"/><extends rule="TOP"/></rule>', "q")
    )
    assert folder.said(body) == ["any 1", "sub"]


def test_includes_are_relative_to_their_own_file(folder: Folder) -> None:
    folder.part("part/one.sch", '<pattern id="i"><include href="deep/two rule.sch"/></pattern>')
    folder.part(
        "part/deep/two rule.sch",
        '<rule xmlns="http://purl.oclc.org/dsdl/schematron" context="cda:d"><report test="true()">deep</report></rule>',
    )
    assert folder.said('<include href="part/one.sch"/>') == ["deep"]


def test_an_include_with_the_wrong_capitals_is_found(folder: Folder) -> None:
    folder.part(
        "part/Deep Rule.sch", '<pattern id="i"><rule context="cda:d"><report test="true()">found</report></rule></pattern>'
    )
    assert folder.said('<include href="part/deep rule.sch"/>') == ["found"]


def test_documents_are_relative_to_the_head_even_from_an_included_file(folder: Folder) -> None:
    (folder.root.parent / "codes.xml").write_text('<l><c code="3"/></l>', encoding="utf-8")
    folder.part(
        "far/away/in.sch",
        '<pattern id="i"><rule context="cda:b"><assert test="document(\'../codes.xml\')//c[@code = current()/@n]">'
        'no <value-of select="@n"/></assert></rule></pattern>',
    )
    assert folder.said('<include href="far/away/in.sch"/>') == ["no 1", "no 2"]


def test_default_phase_chooses_the_patterns(folder: Folder) -> None:
    rule = '<rule context="cda:d"><report test="true()">{}</report></rule>'
    body = '<phase id="f"><active pattern="q"/></phase>' + pattern(rule.format("p"), "p") + pattern(rule.format("q"), "q")
    assert folder.said(body, attributes='defaultPhase="f"') == ["q"]
    other = Folder(folder.root)
    assert other.said(body) == ["p", "q"]


def test_an_expression_that_fails_is_a_finding_and_the_others_still_run(folder: Folder) -> None:
    rules = (
        '<rule context="cda:b[cda:c]"><report test="true()">before</report>'
        '<report test="starts-with(cda:c, \'o\')">broken</report><report test="true()">after</report></rule>'
        '<rule context="cda:a"><let name="one" value="string-length(cda:b/@n)"/><report test="$one = 1">never</report></rule>'
    )
    found = folder.run(pattern(rules))
    assert [one.message for one in found if one.role != BROKEN] == ["before", "after"]
    broken = [one for one in found if one.role == BROKEN]
    assert [one.path.count("/") for one in broken] == [2, 1]
    assert all("more than one item" in one.message for one in broken)


def test_stylesheet_is_kept_on_disk_by_content(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    head = folder.write(pattern('<rule context="cda:d"><report test="true()">one</report></rule>'))
    cache = tmp_path / "cache"

    def run() -> list[str]:
        saxon = Saxon(Kit(tmp_path, "essai"), cache)
        return [found.message for found in saxon.run("head.sch", saxon.parse(DOCUMENT))]

    assert run() == ["one"]
    (kept,) = cache.iterdir()
    kept.write_text(kept.read_text(encoding="utf-8").replace(">one<", ">kept<"), encoding="utf-8")
    assert run() == ["kept"]
    head.write_text(head.read_text(encoding="utf-8").replace(">one<", ">two<"), encoding="utf-8")
    assert run() == ["two"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<include href="absent.sch"/>', "absent.sch"),
        ('<include href="head.sch"/>', "without end"),
        ('<pattern is-a="nothing"/>', "nothing"),
        ('<pattern><rule context="cda:a"><surprise/></rule></pattern>', "surprise"),
        ('<pattern><rule><assert test="1">x</assert></rule></pattern>', "context"),
        ('<pattern><rule context="cda:a"><extends rule="absent"/></rule></pattern>', "absent"),
        ('<pattern><let name="a" value="1"/></pattern><pattern><let name="a" value="2"/></pattern>', "several patterns"),
        (
            '<pattern><rule abstract="true" id="A"><extends rule="B"/></rule>'
            '<rule abstract="true" id="B"><extends rule="A"/></rule>'
            '<rule context="cda:a"><extends rule="A"/></rule></pattern>',
            "itself",
        ),
    ],
)
def test_what_is_not_understood_is_refused_never_skipped(folder: Folder, body: str, said: str) -> None:
    head = folder.write(body)
    with pytest.raises(SchematronError, match=said):
        stylesheet(read_schema(head))


def test_splitting_leaves_brackets_and_quotes_alone() -> None:
    assert split_top("a[b/c = '/]']/d | (e/f)", "/") == ["a[b/c = '/]']", "d | (e/f)"]
    assert split_top("a[x|y] | b['|']", "|") == ["a[x|y]", "b['|']"]


def test_rooted_steps() -> None:
    assert rooted_steps("cda:a/b") == ["//cda:a", "b"]
    assert rooted_steps("//cda:a/b//c") == ["//cda:a", "b", "", "c"]
    assert rooted_steps("/cda:a/b") == ["/cda:a/b"]


@pytest.mark.parametrize(
    ("context", "selection"),
    [
        ('*[cda:templateId/@root="1.2"]', ('"1.2"', "")),
        ("//*[ cda:templateId/@root = '1.2' ]/cda:x", ("'1.2'", "/cda:x")),
        ("*[cda:templateId/@root='1.2'][2]", ("'1.2'", "[2]")),
        ("*[cda:templateId/@root='1.2' and @x]", None),
        ("*[x:templateId/@root='1.2']", None),
        ("cda:a[cda:templateId/@root='1.2']", None),
    ],
)
def test_template_selection(context: str, selection: tuple[str, str] | None) -> None:
    assert template_selection(context, NAMESPACES) == selection


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("cda:a", "cda:b", False),
        ("cda:a", "hl7:a", True),
        ("cda:a", "x:a", False),
        ("cda:a/cda:b", "cda:c/cda:b", False),
        ("//cda:a/cda:b[1]", "cda:b[2]", True),
        ("cda:a//cda:b", "cda:c/cda:b", True),
        ("cda:a/*[1]", "cda:a/cda:b", True),
        ("cda:a/*[1]", "cda:c/cda:b", False),
        ("cda:a | cda:b", "cda:c | cda:b", True),
        ("@x", "cda:a", True),
    ],
)
def test_only_contexts_that_cannot_share_a_node_are_taken_apart(one: str, other: str, overlap: bool) -> None:
    assert shape(one, NAMESPACES).may_overlap(shape(other, NAMESPACES)) is overlap
