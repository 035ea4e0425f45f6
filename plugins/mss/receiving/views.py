"""The administrator's pages of what came by MSSanté: what waits, why, and what may be done. No mail is shown (R-199)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dcc.accounts.api import User
from plugins.mss.models.inbound import TO_DO, InboundState
from plugins.mss.receiving import operating


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@require_GET
def inbound(request: HttpRequest) -> HttpResponse:
    """What waits for somebody first; how the box is read."""
    actor = _actor(request)
    state = request.GET.get("etat", "todo")
    state = state if state in {"", "todo", *InboundState.values} else "todo"
    text = request.GET.get("avant", "")
    before = int(text) if text.isdecimal() and len(text) < 16 else None
    found = operating.lines(actor=actor, state=state, before=before)
    counted = operating.counts(actor=actor)
    choices: list[tuple[str, str, int | None]] = [("todo", _("À traiter"), sum(counted.get(one, 0) for one in TO_DO))]
    choices += [("", _("Tous"), None)]
    choices += [(one.value, str(one.label), counted[one.value]) for one in InboundState if counted.get(one.value)]
    context = {
        "lines": found,
        "choices": choices,
        "state": state,
        "more": f"?etat={state}&avant={found[-1].id}" if len(found) == operating.PAGE else "",
        "boxes": operating.boxes(actor=actor),
    }
    return render(request, "mss/inbound.html", context)


@require_http_methods(["GET", "POST"])
def inbound_mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail: what it is, why it waits, and the two things that may be done."""
    actor = _actor(request)
    error = ""
    try:
        if request.method == "POST":
            return _done(request, actor, mail_id)
    except operating.NotNow as refusal:
        messages.warning(request, str(refusal))
    except ValueError as refusal:
        error = str(refusal)
    except LookupError:
        raise Http404 from None
    try:
        line = operating.line(actor=actor, mail_id=mail_id)
    except LookupError:
        raise Http404 from None
    return render(request, "mss/inbound_mail.html", {"line": line, "error": error}, status=422 if error else 200)


def _done(request: HttpRequest, actor: User, mail_id: int) -> HttpResponse:
    if request.POST.get("do") == "replay":
        line = operating.replay(actor=actor, mail_id=mail_id)
        tell = messages.success if line.state == InboundState.DONE else messages.warning
        tell(request, _("Message rejoué : %s.") % line.state_label.lower())
        return HttpResponseRedirect(reverse("mss:inbound_mail", args=[mail_id]))
    operating.set_aside(actor=actor, mail_id=mail_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("Message classé sans suite."))
    return HttpResponseRedirect(reverse("mss:inbound"))
