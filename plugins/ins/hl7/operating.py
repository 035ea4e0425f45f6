"""What an operator sees of the flows and does with them: no identity is shown, reasons quote nothing of a patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from plugins.ins.hl7.faults import Fault
from plugins.ins.hl7.messages import words_of
from plugins.ins.hl7.receiving import let_go, receive, settle
from plugins.ins.models import FlowMessage, FlowSender
from plugins.ins.models.hl7 import TO_DO, FlowState

PAGE = 100
OUTCOMES = {
    "created": gettext_lazy("patient créé"),
    "recognised": gettext_lazy("patient reconnu"),
    "unknown": gettext_lazy("patient inconnu ici, l'émetteur n'en crée pas"),
    "conflict": gettext_lazy("contredit une identité connue"),
    "held": gettext_lazy("attend un message précédent"),
    "merged": gettext_lazy("identités réunies"),
    "signalled": gettext_lazy("fusion demandée, à décider par une personne"),
    "linked": gettext_lazy("identités rapprochées"),
    "unlinked": gettext_lazy("rapprochement défait"),
    "renumbered": gettext_lazy("IPP changé"),
    "same": gettext_lazy("rien à changer"),
    "none": gettext_lazy("sans effet sur les identités"),
    "answer": gettext_lazy("acquittement"),
}


class NotNow(Exception):
    """The message is no longer, or not yet, in a state where this may be done."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message as the page shows it: what it is, from whom, where it stands and why; never of whom."""

    id: int
    received_at: datetime
    sender: str
    facility: str
    event: str
    words: str
    control_id: str
    channel: str
    state: str
    state_label: str
    outcome: str
    faults: Sequence[Fault]
    kept: bool

    @property
    def to_do(self) -> bool:
        """Whether somebody has to look."""
        return self.state in TO_DO


def lines(*, actor: User, state: str = "", before: int | None = None) -> Sequence[Line]:
    """The newest messages, of one state or of those that wait for somebody (``todo``). Raises ``PermissionDenied``."""
    _check_may(actor)
    rows = FlowMessage.objects.select_related("sender__facility").defer("content", "reply").order_by("-id")
    if state == "todo":
        rows = rows.filter(state__in=TO_DO)
    elif state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_line(row) for row in rows[:PAGE]]


def line(*, actor: User, message_id: int) -> Line:
    """One message. Raises ``PermissionDenied``, ``LookupError``."""
    _check_may(actor)
    row = FlowMessage.objects.select_related("sender__facility").defer("content", "reply").filter(pk=message_id).first()
    if row is None:
        raise LookupError
    return _line(row)


def counts(*, actor: User) -> dict[str, int]:
    """How many messages are in each state but the common one, *pris en compte*."""
    _check_may(actor)
    return waiting_counts()


def waiting_counts() -> dict[str, int]:
    """As :func:`counts`, for what counts without a person (digest)."""
    rows = FlowMessage.objects.exclude(state=FlowState.DONE).values_list("state").annotate(n=Count("pk")).order_by()
    return dict(rows)


def senders(*, actor: User) -> Sequence[FlowSender]:
    """Who may send."""
    _check_may(actor)
    return list(FlowSender.objects.select_related("facility"))


def try_out(*, actor: User, content: bytes) -> int:
    """Take in a message by hand, as from the network, on a platform of tests only; gives its number.

    Raises ``PermissionDenied``, elsewhere too: a flow comes from an establishment, not from an administrator.
    """
    _check_may(actor)
    if not settings.DCC_TEST_IDENTITIES:
        raise PermissionDenied
    with transaction.atomic():
        audit.record(actor=actor, action="flow.tried", subject="flow:try", size=len(content))
    return receive(content, channel="http").message_id


def replay(*, actor: User, message_id: int) -> Line:
    """Try again a message that was refused, failed or waits; its effect is that of the flow, not of who asks.

    Raises ``PermissionDenied``, ``LookupError``, :class:`NotNow`.
    """
    _check_may(actor)
    with transaction.atomic():
        row = _open(message_id)
        audit.record(actor=actor, action="flow.replayed", subject=f"flow:{row.pk}", former_state=row.state)
    settle(message_id)
    return line(actor=actor, message_id=message_id)


def set_aside(*, actor: User, message_id: int, reason: str) -> None:
    """Close a message without effect; what it held goes on. Raises as :func:`replay`, and ``ValueError`` without a reason."""
    _check_may(actor)
    reason = reason.strip()
    if not 0 < len(reason) <= 200 or not reason.isprintable():
        raise ValueError(_("Dites pourquoi, en 200 caractères au plus"))
    with transaction.atomic():
        row = _open(message_id)
        former, row.state, row.settled_at, row.subjects = row.state, FlowState.SET_ASIDE, timezone.now(), []
        row.faults = [*row.faults, {"code": "207", "where": "", "words": _("Classé : %s") % reason, "severity": "I"}]
        row.save(update_fields=["state", "settled_at", "subjects", "faults"])
        audit.record(actor=actor, action="flow.set_aside", subject=f"flow:{row.pk}", former_state=former)
    let_go(row)


def _open(message_id: int) -> FlowMessage:
    row = FlowMessage.objects.select_for_update().filter(pk=message_id).first()
    if row is None:
        raise LookupError
    if row.state not in TO_DO or row.content is None:
        raise NotNow(_("Ce message est « %s » : rien à faire.") % row.get_state_display().lower())
    return row


def _check_may(actor: User) -> None:
    if not accounts.may(actor, Action.ADMINISTER):
        raise PermissionDenied


def _line(row: FlowMessage) -> Line:
    return Line(
        id=row.pk,
        received_at=row.received_at,
        sender=f"{row.application} · {row.facility_code}" if row.application else "",
        facility=str(row.sender.facility) if row.sender else "",
        event=row.event.replace("^", " "),
        words=words_of(row.event),
        control_id=row.control_id[:60],
        channel=row.channel,
        state=row.state,
        state_label=row.get_state_display(),
        outcome=str(OUTCOMES.get(row.outcome, "")),
        faults=[Fault(**fault) for fault in row.faults],
        kept=row.content is not None,
    )
