"""The renderer as the core sees it: registration, bytes, refusals, what it says before validation."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation

from dcc.contracts.capabilities import ReadinessCheck, Renderer
from dcc.contracts.plugin import PluginConfig
from dcc.contracts.registry import Registry
from plugins.pdf.content import content_of, identity_of
from plugins.pdf.pdfa import write_pdfa
from plugins.pdf.readiness import PrintReadiness
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import samples
from plugins.pdf.tests.printed import printed

HASH_OF_TYPICAL = """
import hashlib, django
django.setup()
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import samples
print(hashlib.sha256(PdfA1Renderer().render(samples.typical(), {}, as_of=samples.AS_OF).content).hexdigest())
"""


def test_the_plugin_offers_the_format() -> None:
    config = apps.get_app_config("pdf")
    assert isinstance(config, PluginConfig)
    registry = Registry()
    config.load(registry)
    renderer = registry.find(Renderer, "pdf-a1")
    assert renderer is not None
    assert (renderer.format, tuple(renderer.inputs)) == ("pdf-a1", ())
    assert renderer.supports(samples.minimal())
    assert registry.keys(ReadinessCheck) == ("pdf.impression",)


def test_artifact() -> None:
    artifact = printed("typical").artifact
    assert (artifact.format, artifact.media_type) == ("pdf-a1", "application/pdf")
    assert artifact.filename == "frcp_7b0f2a52-3d3c-4a0e-9a53-5d6f0c0a9e11_v1.pdf"
    assert artifact.content.startswith(b"%PDF-1.4")
    assert artifact.facts["datamatrix"] == "40x40, relu sur la page par zxing-cpp"
    assert "277010115400329" not in str(artifact.facts)


def test_same_bytes_here_and_in_another_process() -> None:
    """Neither the order of hashing nor the language of the session changes a byte."""
    with translation.override("en"):
        again = PdfA1Renderer().render(samples.typical(), {}, as_of=samples.AS_OF).content
    assert again == printed("typical").artifact.content
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "1",
        "PYTHONPATH": f"{settings.BASE_DIR}{os.pathsep}{settings.BASE_DIR / 'site'}",
        "TZ": "America/Cayenne",
    }
    command = [sys.executable, "-c", HASH_OF_TYPICAL]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(again).hexdigest()


def test_another_time_is_another_edition() -> None:
    later = PdfA1Renderer().render(samples.minimal(), {}, as_of=samples.AS_OF + timedelta(hours=1)).content
    assert later != printed("minimal").artifact.content


def test_markup_in_answers_is_text() -> None:
    answers = {**samples.ANSWERS, "frcp.rcp.denomination": "<b>Sein</b> & <img src=file:///etc/passwd>"}
    content = content_of(samples.typical(answers), samples.AS_OF)
    assert "<img" in str(content.sections[0].blocks)
    artifact = PdfA1Renderer().render(samples.typical(answers), {}, as_of=samples.AS_OF)
    assert artifact.facts["pages"] == printed("typical").artifact.facts["pages"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1/x.png", "data:image/png;base64,AAAA"])
def test_nothing_is_fetched(address: str) -> None:
    with pytest.raises(RuntimeError, match="aucune ressource extérieure"):
        write_pdfa(f'<img src="{address}">')


@pytest.mark.parametrize(
    ("born", "shown"),
    [("1977-01-21", "21/01/1977 (48 ans)"), ("1977-01", "01/1977"), ("2024-12-20", "20/12/2024 (2 mois)"), ("", "non connue")],
)
def test_birth_date_and_age(born: str, shown: str) -> None:
    patient = replace(samples.PROVISIONAL, traits=replace(samples.PROVISIONAL.traits, birth_date=born))
    fields = {field.label: field.text for field in identity_of(patient, on=samples.NOW).fields}
    assert fields["Date de naissance"] == shown


def test_identity_fields_by_status() -> None:
    labels = {field.label for field in identity_of(samples.QUALIFIED, on=samples.NOW).fields}
    assert {"Matricule INS", "IPP", "Lieu de naissance", "Nom utilisé", "Prénom utilisé", "Sexe"} <= labels
    provisional = identity_of(samples.PROVISIONAL, on=samples.NOW)
    assert "Matricule INS" not in {field.label for field in provisional.fields}
    assert provisional.payload == ""
    test_nature = replace(samples.QUALIFIED, ins=replace(samples.INS, root="1.2.250.1.213.1.4.10"))
    assert "277010115400329 (NIR de test)" in [field.text for field in identity_of(test_nature, on=samples.NOW).fields]


def test_legal_texts_are_put_in_order() -> None:
    legal = content_of(samples.typical(), samples.AS_OF).legal
    assert [text.number for text in samples.LEGAL] == [2, 1]
    assert legal[0].pieces[0][0].startswith("Les établissements")
    assert [piece for paragraph in legal for piece, link in paragraph.pieces if link] == ["http://lesdonnees.e-cancer.fr"]


def test_readiness_says_what_paper_will_not_show() -> None:
    answers = {**samples.ANSWERS, "frcp.patient.commentaire": "Va bien 🙂"}
    patient = replace(samples.QUALIFIED, traits=replace(samples.QUALIFIED.traits, sex="I"))
    findings = PrintReadiness().check(samples.typical(answers, patient=patient))
    assert [(f.code, f.level, f.question_key) for f in findings] == [
        ("datamatrix.non_codable", "warning", None),
        ("pdf.caractere", "warning", "frcp.patient.commentaire"),
    ]
    assert "U+1F642" in findings[1].message
    assert PrintReadiness().check(samples.typical()) == ()
