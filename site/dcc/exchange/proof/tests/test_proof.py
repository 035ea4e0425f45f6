"""The proof of a form and of a text: green for what is right, red in the editor's words, kept under the hash of its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from dcc.accounts.api import User
from dcc.contracts.capabilities import ConformanceCheck, DocumentType, Reader, Renderer
from dcc.contracts.errors import NotConfigured, RetryLater
from dcc.contracts.events import GateRequested
from dcc.contracts.registry import Registry, current, use_registry
from dcc.contracts.snapshots import Artifact, Finding
from dcc.events.api import drain
from dcc.exchange.proof.tests.forms import short_draft
from dcc.exchange.proof.tests.tampering import Tampered
from forms_config import api as forms
from forms_config.control import services
from forms_config.control.models import GateArtifact, GateReport, ReportState
from forms_config.control.proofs import Subject
from forms_config.control.running import prove
from forms_config.control.subjects import draft_subject, text_subject
from forms_config.legal import api as legal
from forms_config.models import FormVersion

OUTPUTS = ["cda-n1", "cda-n3", "pdf-a1"]


@pytest.fixture(autouse=True)
def _proof_on(settings: Any, legal_texts: None) -> None:
    settings.DCC_GATE_PROOF = True


def saved(actor: User | None, draft: dict[str, Any] | None = None) -> Subject:
    content = draft or short_draft()
    return draft_subject(forms.save_draft(actor=actor, key="court", document_type="frcp", title="FRCP courte", draft=content))


class Remarks:
    """A check that says what it is told to say of every N3."""

    formats = ("cda-n3",)

    def __init__(self, *findings: Finding, error: Exception | None = None) -> None:
        self.findings, self.error = findings, error

    def check(self, artifact: Artifact) -> Sequence[Finding]:
        if self.error:
            raise self.error
        return self.findings


def registry_with(check: ConformanceCheck | None = None, *, tampered: Tampered | None = None, gate: bool = False) -> Registry:
    """The renderers and the reader of the platform, with this check in place of the official kit; ``gate``: the worker proves."""
    registry = Registry()
    if gate:
        registry.subscribe(GateRequested, services.run_requested, key="forms_config.gate")
    for kind in (DocumentType, Renderer, Reader, ConformanceCheck):
        for key in current().keys(kind):
            entry: Any = current().find(kind, key)
            if key == "cda-kit":
                entry = check
            if tampered is not None and key == "cda-n3":
                entry = tampered.around(entry)
            if entry is not None:
                registry.add(kind, key, entry)
    return registry


@pytest.mark.kit
def test_the_short_form_is_green_and_its_report_lets_it_through(edith: User, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = saved(edith)
    report = services.request_report(actor=edith, subject=subject)
    assert services.request_report(actor=edith, subject=subject) == report
    assert (report.state, report.requested_by) == (ReportState.PENDING, edith)
    drain()
    report.refresh_from_db()
    assert (report.state, report.findings) == (ReportState.GREEN, [])
    assert (report.step, report.total) == (9, 10)
    kept = report.artifacts.order_by("document", "format").values_list("document", "format", "conformance")
    assert list(kept) == [(kind, output, "conforme") for kind in ("maximal", "minimal", "typical") for output in OUTPUTS]
    monkeypatch.setattr(services, "proved", lambda subject: pytest.fail("proved again"))
    assert forms.publish_form(actor=None, key="court").number == 1


def test_a_rule_that_speaks_makes_it_red_and_the_live_version_stays(edith: User, django_capture_on_commit_callbacks: Any) -> None:
    subject = saved(edith)
    with use_registry(registry_with(Remarks())), django_capture_on_commit_callbacks(execute=True):
        live = forms.publish_form(actor=None, key="court")
    with use_registry(registry_with(Remarks())):
        assert services.is_green(subject)
    fault = Finding("schematron.x", "error", "élément absent", "frcp.synthese.question", "frcp.synthese", "/x[1]", "CI-SIS_FRCP")
    draft = short_draft()
    draft["sections"][0]["title"] = "Autre titre"
    saved(edith, draft)
    with use_registry(registry_with(Remarks(fault))), pytest.raises(forms.GateRefused) as refusal:
        forms.publish_form(actor=None, key="court")
    assert "« Synthèse du cas présenté et question posée à la RCP » : élément absent" in str(refusal.value)
    assert forms.published_form("court") == live
    services.keep_refused(refusal.value)
    services.keep_refused(refusal.value)
    report = GateReport.objects.get(state=ReportState.RED)
    [said] = [finding for finding in report.findings if finding["level"] == "error"]
    assert (said["question_key"], said["section_key"]) == ("frcp.synthese.question", "frcp.synthese")
    assert said["location"] == "Document minimal, Document courant, Document complet"


def test_without_the_kit_it_says_so_and_goes_on(edith: User) -> None:
    with use_registry(registry_with(Remarks(error=NotConfigured("Le kit officiel n'est pas installé")))):
        outcome = prove(saved(edith))
    assert outcome.green
    assert [(f.level, f.message) for f in outcome.findings] == [("warning", "Non contrôlé. Le kit officiel n'est pas installé")]
    assert {kept.conformance for kept in outcome.kept if kept.artifact.format == "cda-n3"} == {"non_controle"}


def test_when_the_checks_do_not_answer_nothing_is_said(edith: User) -> None:
    with use_registry(registry_with(Remarks(error=RetryLater("Le contrôle ne répond pas")))):
        saved(edith)
        with pytest.raises(forms.GateRefused, match=r"réessayer plus tard\. Le contrôle ne répond pas"):
            forms.publish_form(actor=None, key="court")
    assert not GateReport.objects.exists()
    assert not FormVersion.objects.exists()


TAMPERINGS = {
    "an answer changed": (Tampered(b"d'Essai n", b"rendu n"), "gate.round_trip"),
    "text 2 cut short": (Tampered("réutiliser certaines de vos données".encode(), b"certaines"), "gate.rights"),
    "another PDF inside": (Tampered(b"JVBERi0", b"JVBERi1"), "gate.copy"),
    "not readable": (Tampered(b"ClinicalDocument", b"CliniqueDocument"), "gate.refused"),
    "a crash": (Tampered(b"", b"", crash=True), "gate.crash"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_our_own_assertions_see_what_was_spoilt(name: str, edith: User) -> None:
    tampered, code = TAMPERINGS[name]
    with use_registry(registry_with(Remarks(), tampered=tampered)):
        outcome = prove(saved(edith))
    assert code in {finding.code for finding in outcome.errors}


def test_another_context_proves_again(edith: User, django_capture_on_commit_callbacks: Any) -> None:
    subject = saved(edith)
    with use_registry(registry_with(Remarks())):
        with django_capture_on_commit_callbacks(execute=True):
            services.require_green(subject)
        assert services.is_green(subject)
        legal.adapt_text(actor=None, facility_id=None, body="Un autre texte de la région, assez long pour en être un vrai.")
        assert not services.is_green(subject)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "le texte 1 sur les droits du patient est vide"),
        ("Court.", "le texte 1 sur le traitement des données doit précéder"),
        ("Le traitement de vos données est assuré par l'établissement, qui en répond.", ""),
    ],
)
def test_a_text_is_proved_in_a_document(body: str, message: str, edith: User) -> None:
    with use_registry(registry_with(Remarks())):
        saved(edith)
        forms.publish_form(actor=None, key="court")
        outcome = prove(text_subject(number=1, body=body))
    assert any(message in finding.message for finding in outcome.errors) == bool(message)
    assert outcome.green == (not message)


def test_old_reports_go_with_their_files(edith: User) -> None:
    subject = saved(edith)
    with use_registry(registry_with(Remarks())):
        outcome = prove(subject)
    for _ in range(services.REPORTS_KEPT + 2):
        services.keep(replace(outcome, kept=outcome.kept[:1]))
    assert GateReport.objects.count() == GateArtifact.objects.count() == services.REPORTS_KEPT
