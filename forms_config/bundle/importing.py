"""Imports a bundle: says what would change, and does it when a person agreed. All of it, or nothing.

Doing it twice changes nothing. Nothing is published by it, unless the operator of the platform asks: then the gate decides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from forms_config.bundle import contents, keys
from forms_config.bundle.errors import BundleRefused, ConfirmationNeeded
from forms_config.bundle.models import TrustedPublisher
from forms_config.bundle.parts import Arrival, Consent, blocks_lines, favourite_lines, list_lines, national_lines, text_lines
from forms_config.bundle.placing import Placed, place_form
from forms_config.bundle.report import Line, Report
from forms_config.control.services import keep_refused
from forms_config.gate import GateRefused
from forms_config.services import publish_form

if TYPE_CHECKING:
    from dcc.accounts.models import User


def is_known(publisher: contents.Publisher) -> bool:
    """Whether bundles of that publisher need no confirmation of their signer: this platform itself, or a trusted one."""
    digits = publisher.fingerprint
    return digits == keys.our_fingerprint() or TrustedPublisher.objects.filter(fingerprint=digits).exists()


def look_at(*, actor: User | None, content: bytes, consent: Consent | None = None) -> Report:
    """What importing a bundle would do; nothing is stored. Raises :class:`BundleRefused` and ``PermissionDenied``."""
    _check_may(actor)
    consent = consent or Consent()
    with transaction.atomic():
        report = _imported(actor, contents.read(content), consent)
        transaction.set_rollback(True)
    return report


def import_bundle(*, actor: User | None, content: bytes, consent: Consent | None = None) -> Report:
    """Import a bundle; its form is a draft that somebody else approves (or :func:`publish_imported`).

    Raises :class:`BundleRefused`, :class:`ConfirmationNeeded` when ``consent`` does not say what it must, ``PermissionDenied``.
    """
    _check_may(actor)
    consent = consent or Consent()
    signed = contents.read(content)
    _check_signer(signed.publisher, consent)
    with transaction.atomic():
        report = _imported(actor, signed, consent)
        _check_consent(report, consent)
        if report.changes:
            audit.record(
                actor=actor,
                action="form.imported",
                subject=f"form:{report.form_key}",
                publisher=report.fingerprint,
                content=signed.content,
                product=signed.product,
            )
        return replace(report, done=True)


def _check_may(actor: User | None) -> None:
    """First of all: a file of whoever may not import is not even read."""
    if actor is not None and not accounts.may(actor, accounts.Action.CONFIGURE_FORMS):
        raise PermissionDenied(_("Seuls les éditeurs DSRC importent des formulaires"))


def _check_signer(publisher: contents.Publisher, consent: Consent) -> None:
    if not is_known(publisher) and consent.fingerprint.replace(" ", "").lower() != publisher.fingerprint:
        raise ConfirmationNeeded(
            _("Publicateur inconnu, « %(name)s » : vérifier auprès de lui l'empreinte %(digits)s, puis la confirmer")
            % {"name": publisher.name, "digits": keys.grouped(publisher.fingerprint)}
        )


def _check_consent(report: Report, consent: Consent) -> None:
    if report.impossible:
        line = report.impossible[0]
        raise BundleRefused(f"{line.kind} « {line.name} » : {' ; '.join(line.details)}")
    if report.needs_replacement and not consent.replace:
        raise ConfirmationNeeded(_("Ce qui a changé ici serait remplacé : le confirmer"))


def _imported(actor: User | None, signed: contents.Signed, consent: Consent) -> Report:
    """Everything written, in the transaction of the caller."""
    arrival = Arrival(actor, signed, consent)
    lines: list[Line] = [*list_lines(arrival), *blocks_lines(arrival)]
    placed: Placed = place_form(arrival)
    lines = [placed.line, *lines]
    if placed.schema is not None:
        lines += [*national_lines(arrival, placed.schema), *favourite_lines(arrival, placed.schema)]
    return Report(
        form_key=placed.key,
        region=signed.publisher.name,
        fingerprint=signed.publisher.fingerprint,
        known=is_known(signed.publisher),
        lines=tuple(lines + text_lines(arrival)),
        problems=placed.problems,
        same_hash=placed.sha256 == signed.bundle.form["sha256"],
    )


def publish_imported(report: Report) -> Report:
    """For the operator of the platform: publish what was just imported, if the gate lets it through.

    Else the draft stays, the live version is untouched and the report tells the problems.
    """
    try:
        form = publish_form(actor=None, key=report.form_key)  # seconds of proof: in no transaction of ours
    except GateRefused as refusal:
        keep_refused(refusal)
        return replace(report, problems=tuple(finding.message for finding in refusal.findings))
    return replace(report, published=form.number)
