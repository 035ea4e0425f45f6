"""The rubrics a PPS must hold once: seen when left out or doubled, in our documents and in those of others."""

from __future__ import annotations

import pytest

from plugins.cda.conformance.assertions import own_findings
from plugins.cda.conformance.sets import PDF_COPY, PPS_RUBRICS
from plugins.cda.tests.documents import pps_answers_of, written_pps
from plugins.cda.xml_input import parse_untrusted

SECTIONS = {title: (template, translation) for template, translation, title in (*PPS_RUBRICS, PDF_COPY)}


def said(content: bytes) -> list[str]:
    """What the assertion on rubrics says."""
    return [one.message for one in own_findings(content, parse_untrusted(content), strict=True) if one.code == "own.rubric"]


def test_a_whole_document_lacks_nothing() -> None:
    assert said(written_pps(pps_answers_of("minimal"))) == []


@pytest.mark.parametrize("title", SECTIONS)
def test_a_rubric_left_out_is_named(title: str) -> None:
    template, translation = SECTIONS[title]
    changed = (translation or template).encode()
    content = written_pps(pps_answers_of("minimal")).replace(changed, b"1.2.3")
    assert f"la rubrique « {title} » doit être présente une fois (trouvée 0 fois)" in " ".join(said(content))


def test_a_document_of_another_volet_is_not_asked_for_them() -> None:
    content = written_pps(pps_answers_of("minimal")).replace(b'"1.2.250.1.213.1.1.1.26"', b'"1.2.250.1.213.1.1.1.8"')
    assert said(content) == []
