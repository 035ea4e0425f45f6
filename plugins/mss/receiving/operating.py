"""What an administrator sees of the mails that came and does with them: nature, sender, reason; nothing of what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from plugins.mss.mail.addresses import PATIENT_DOMAIN, domain_of
from plugins.mss.models import InboundBox, InboundMail
from plugins.mss.models.inbound import TO_DO, Answer, InboundState
from plugins.mss.receiving.outcomes import OUTCOMES, REASONS
from plugins.mss.receiving.reading import Kind
from plugins.mss.receiving.settling import settle

PAGE = 100
SILENCE = timedelta(hours=1)
"""A box that fails for longer needs somebody; shorter ones mend themselves."""
KINDS = {
    Kind.DELIVERY: gettext_lazy("rapport de remise (DSN)"),
    Kind.RECEIPT: gettext_lazy("accusé (MDN)"),
    Kind.REFUSAL: gettext_lazy("refus d'intégration"),
    Kind.BOUNCE: gettext_lazy("message non distribué"),
    Kind.DOCUMENTS: gettext_lazy("documents"),
    Kind.PATIENT: gettext_lazy("réponse d'un patient"),
    Kind.AUTOMATIC: gettext_lazy("réponse automatique"),
    Kind.OTHER: gettext_lazy("autre message"),
}


class NotNow(Exception):
    """The mail is no longer in a state where this may be done."""


@dataclass(frozen=True, slots=True)
class Line:
    """A mail as the page shows it. ``sender`` is hidden when it is a patient's: the address is an INS."""

    id: int
    received_at: datetime
    kind: str
    sender: str
    size: int
    state: str
    state_label: str
    outcome: str
    reason: str
    action: str
    findings: Sequence[str]
    document_id: UUID | None
    about: UUID | None
    answer: str
    error: str
    kept: bool
    replayable: bool

    @property
    def to_do(self) -> bool:
        """Whether somebody has to look."""
        return self.state in TO_DO


def lines(*, actor: User, state: str = "", before: int | None = None) -> Sequence[Line]:
    """The newest mails, of one state or of those that wait for somebody (``todo``). Raises ``PermissionDenied``."""
    _check_may(actor)
    rows = InboundMail.objects.order_by("-id")
    if state == "todo":
        rows = rows.filter(state__in=TO_DO)
    elif state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_line(row) for row in rows[:PAGE]]


def line(*, actor: User, mail_id: int) -> Line:
    """One mail. Raises ``PermissionDenied``, ``LookupError``."""
    _check_may(actor)
    row = InboundMail.objects.filter(pk=mail_id).first()
    if row is None:
        raise LookupError
    return _line(row)


def counts(*, actor: User) -> dict[str, int]:
    """How many mails are in each state but the common one, *pris en compte*."""
    _check_may(actor)
    rows = InboundMail.objects.exclude(state=InboundState.DONE).values_list("state").annotate(n=Count("pk")).order_by()
    return dict(rows)


def boxes(*, actor: User) -> Sequence[InboundBox]:
    """The boxes that are read, and how that goes."""
    _check_may(actor)
    return list(InboundBox.objects.order_by("address"))


def waiting_count() -> int:
    """How many mails wait for somebody (digest)."""
    return InboundMail.objects.filter(state__in=TO_DO).count()


def failing_boxes() -> Sequence[InboundBox]:
    """The boxes that could not be read for an hour (digest)."""
    return list(InboundBox.objects.filter(failing_since__lt=timezone.now() - SILENCE))


def replay(*, actor: User, mail_id: int) -> Line:
    """Read a mail again that waits for somebody; its effect is that of its sender, not of who asks.

    Raises ``PermissionDenied``, ``LookupError``, :class:`NotNow`.
    """
    _check_may(actor)
    with transaction.atomic():
        row = _open(mail_id)
        if not _replayable(row):
            raise NotNow(_("Ce message ne peut pas être rejoué : il n'est pas gardé entier."))
        audit.record(actor=actor, action="mss.replayed", subject=f"inbound:{row.pk}", former_state=row.state)
    settle(mail_id)
    return line(actor=actor, mail_id=mail_id)


def set_aside(*, actor: User, mail_id: int, reason: str) -> None:
    """Close a mail without effect. Raises as :func:`replay`, and ``ValueError`` without a reason."""
    _check_may(actor)
    reason = reason.strip()
    if not 0 < len(reason) <= 200 or not reason.isprintable():
        raise ValueError(_("Dites pourquoi, en 200 caractères au plus"))
    with transaction.atomic():
        row = _open(mail_id)
        former, row.state, row.settled_at = row.state, InboundState.SET_ASIDE, timezone.now()
        row.findings = [*row.findings, _("Classé : %s") % reason]
        row.save(update_fields=["state", "settled_at", "findings"])
        audit.record(actor=actor, action="mss.set_aside", subject=f"inbound:{row.pk}", former_state=former)


def _open(mail_id: int) -> InboundMail:
    row = InboundMail.objects.select_for_update().filter(pk=mail_id).first()
    if row is None:
        raise LookupError
    if row.state not in TO_DO:
        raise NotNow(_("Ce message est « %s » : rien à faire.") % row.get_state_display().lower())
    return row


def _replayable(row: InboundMail) -> bool:
    reason = REASONS.get(row.reason)
    return bool(row.storage_name) and (reason is None or reason.replay)


def _check_may(actor: User) -> None:
    if not accounts.may(actor, Action.ADMINISTER):
        raise PermissionDenied


def _of_a_patient(row: InboundMail) -> bool:
    """Whether the sender's address is the INS of somebody: a reply, but a receipt or a notice of absence too."""
    return row.kind == Kind.PATIENT or domain_of(row.sender) == PATIENT_DOMAIN


def _line(row: InboundMail) -> Line:
    reason = REASONS.get(row.reason)
    answered = f"{row.get_answer_display()} ({row.error or _('intégré')})" if row.answer != Answer.NONE else ""
    return Line(
        id=row.pk,
        received_at=row.received_at,
        kind=str(KINDS.get(Kind(row.kind), "")) if row.kind else _("message illisible"),
        sender=_("un patient") if _of_a_patient(row) else row.sender,
        size=row.size,
        state=row.state,
        state_label=row.get_state_display(),
        outcome=str(OUTCOMES.get(row.outcome, "")),
        reason=str(reason.words) if reason else "",
        action=str(reason.action) if reason else "",
        findings=row.findings,
        document_id=row.document_id,
        about=row.about,
        answer=answered,
        error=row.error,
        kept=bool(row.storage_name),
        replayable=_replayable(row),
    )
