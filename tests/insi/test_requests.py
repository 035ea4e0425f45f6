"""Requests of the client, beside the published samples in canonical XML, and under the official schemas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from plugins.ins.insi.envelope import BAM, LPS, REC_SANS, SOAP, ByCard, ByTraits, Caller, Question, Stamp, request
from plugins.sandbox.insi.validation import parse, problems
from tests.fixtures import reference_dir

FOLDER = reference_dir() / "insi" / "samples" / "requests"
CALLER = Caller("490000031", "NUMAUTORISATION", "NOMLOGICIEL", "1", "00000000-0000-4000-8000-000000000000")
CHANGING = ("Id", "Temps", "MessageID")
"""Different in every request: replaced by the same word on both sides."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A published request, and all in which ours differs on purpose: blocks left out, attributes and texts written otherwise.

    Always: prefixes, order of the blocks of the header (SOAP gives it no meaning), white space, comments, and the text that the
    neutralisation of the emitter left beside its element.
    """

    file: str
    left_out: Sequence[str] = ()
    attributes: Sequence[tuple[str, str, str]] = ()
    texts: Sequence[tuple[str, str]] = ()
    emptied: str = ""


SAMPLES = [
    Sample(
        "enveloppe_security_vide.padoa.xml",
        left_out=("Security",),  # empty: the schema of Security allows no empty one
        attributes=(("ContexteBAM", "Nature", "CTXBAM"),),  # optional
        texts=(("Nom", "urn:lps:padoa:2022"),),  # they write the name alone, the rule is a URN
    ),
    Sample(
        "enveloppe_mtls_complete.sapa-log.xml",
        left_out=("Security", "To", "ReplyTo", "FaultTo"),  # addressing that the contract has not
        attributes=(("ContexteBAM", "Version", "01_02"),),  # they write 1.0
    ),
    Sample("WS_INS2_body_only.xml"),
    Sample("ContexteLPS.xml"),
    Sample("ContexteBAM_vide.xml", attributes=(("ContexteBAM", "Version", "01_02"),)),
    Sample("ContexteBAM_couverture.xml", attributes=(("ContexteBAM", "Version", "01_02"),), emptied="COUVERTURE"),  # of a card
]


def prepared(root: etree._Element, sample: Sample) -> str:
    """Canonical XML (C14N 2.0, prefixes rewritten) once what changes and what the sample lists are alike."""
    for element in root.iter(etree.Element):
        name, element.tail = str(etree.QName(element).localname), None
        for block, attribute, value in sample.attributes:
            if name == block:
                element.set(attribute, value)
        if name in CHANGING:
            element.text = "*"
        element.text = dict(sample.texts).get(name, element.text)
        if name == sample.emptied:
            del element[:]
            element.text = None
    header = root.find(f"{{{SOAP}}}Header")
    if header is not None:
        kept = [block for block in header if etree.QName(block).localname not in sample.left_out]
        header[:] = sorted(kept, key=lambda block: str(block.tag))
    for place in etree.ElementTree(root).getroot().iter(etree.Comment):
        place.getparent().remove(place)  # type: ignore[union-attr]  # never the root
    return str(etree.canonicalize(etree.tostring(root, encoding="unicode"), strip_text=True, rewrite_prefixes=True))


def ours(sample: etree._Element) -> etree._Element:
    """Our request for what a sample asks, by whom it says."""

    def said(name: str, otherwise: str = "") -> str:
        found = next(sample.iter(f"{{*}}{name}"), None)
        return (found.text or "").strip() if found is not None else otherwise

    version = next((e.text or "" for e in sample.iter(f"{{{LPS}}}Version")), "1")
    software = re.sub(r"^urn:lps:([^:]+):.*$", r"\1", said("Nom", "NOMLOGICIEL"))
    caller = Caller(said("Emetteur", "0"), said("IDAM", "X"), software, version, said("Instance", CALLER.instance))
    names = ("NomNaissance", "Prenom", "Sexe", "DateNaissance", "LieuNaissance")
    name, given, sex, born, place = (said(each) for each in names)
    return etree.fromstring(request(ByTraits(name, (given,), sex, born, place), caller, Stamp()))


@pytest.mark.reference
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_the_same_bytes_as_a_published_sample(sample: Sample) -> None:
    theirs = etree.parse(str(FOLDER / sample.file), etree.XMLParser(remove_blank_text=True)).getroot()
    made = ours(theirs)
    part = made if theirs.tag == made.tag else next(made.iter(str(theirs.tag)))
    as_it_is = prepared(deepcopy(theirs), Sample(sample.file))
    assert prepared(part, Sample(sample.file)) == prepared(theirs, sample)
    assert (as_it_is == prepared(theirs, sample)) is (sample == Sample(sample.file)), "a difference that is listed is one"


@pytest.mark.reference
def test_no_published_request_is_left_aside() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {sample.file for sample in SAMPLES}


QUESTIONS: list[Question] = [
    ByTraits("DE VINCI", ("LEONARDO",), "M", "2014-02-01"),
    ByTraits("DE VINCI", ("LEONARDO",), "M", "2014-02-01", "63220"),
    ByTraits("HOUILLES", ("PIERRE PAUL JACQUES",), "M", "1993-01-27"),
    ByTraits("HOUILLES", ("PIERRE", "PAUL"), "M", "1993-01-27"),
    ByCard(own=("1090763220834", "89"), birth_name="ECETINSI", birth_date="2009-07-14", rank="1"),
    ByCard(insured=("180032B020401", "23")),
]


@pytest.mark.reference
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_official_schemas_take_it(question: Question) -> None:
    assert problems(parse(request(question, CALLER, Stamp())), reference_dir() / "insi") == []


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_our_grammar_takes_it(question: Question) -> None:
    assert problems(parse(request(question, CALLER, Stamp())), None) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<lps:Id>", "<lps:Id>x"),
        ("01_02", "1.0"),
        ("uuid:", "urn:uuid:"),
        ("LEONARDO", "Léonardo"),
        ("<ins:Sexe>M", "<ins:Sexe>I"),
        ("2014-02-01", "01/02/2014"),
        ("urn:lps:NOMLOGICIEL:1", "NOMLOGICIEL"),
        ("<ins:Prenom>LEONARDO</ins:Prenom>", ""),
        (f' xmlns:ins="{REC_SANS}"', ' xmlns:ins="urn:x"'),
        ("<bam:COUVERTURE/>", ""),
    ],
)
def test_our_grammar_is_strict(old: str, new: str) -> None:
    content = request(QUESTIONS[0], CALLER, Stamp()).decode()
    assert old in content
    assert problems(parse(content.replace(old, new).encode()), None)


def test_every_request_has_its_own_marks() -> None:
    made = [etree.fromstring(request(QUESTIONS[0], CALLER, Stamp())) for _ in range(50)]
    marks = [element.text for root in made for tag in (f"{{{LPS}}}Id", f"{{{BAM}}}Id") for element in root.iter(tag)]
    messages = [element.text for root in made for element in root.iter("{*}MessageID")]
    assert len(set(marks)) == 100
    assert len(set(messages)) == 50
    assert all((message or "").startswith("uuid:") for message in messages)


def test_nothing_of_the_kit_is_in_the_clone() -> None:
    data = Path("plugins/sandbox/data")
    assert not [path for path in data.rglob("*") if path.suffix in (".xsd", ".wsdl")]
