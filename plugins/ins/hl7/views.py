"""The operator's pages: the messages of flows, what waits, and what is done about it. No identity is shown."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dcc.accounts.api import User
from plugins.ins.hl7 import er7, operating
from plugins.ins.models.hl7 import TO_DO, FlowState


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@require_GET
def flows(request: HttpRequest) -> HttpResponse:
    """What came, what waits for somebody first; and who may send."""
    actor = _actor(request)
    state = request.GET.get("etat", "todo")
    state = state if state in {"", "todo", *FlowState.values} else "todo"
    text = request.GET.get("avant", "")
    before = int(text) if text.isdecimal() and len(text) < 16 else None
    found = operating.lines(actor=actor, state=state, before=before)
    more = f"?etat={state}&avant={found[-1].id}" if len(found) == operating.PAGE else ""
    counted = operating.counts(actor=actor)
    choices: list[tuple[str, str, int | None]] = [("todo", _("À traiter"), sum(counted.get(one, 0) for one in TO_DO))]
    choices += [("", _("Tous"), None)]
    choices += [(one.value, str(one.label), counted[one.value]) for one in FlowState if counted.get(one.value)]
    context = {
        "lines": found,
        "choices": choices,
        "state": state,
        "more": more,
        "senders": operating.senders(actor=actor),
        "tests": settings.DCC_TEST_IDENTITIES,
    }
    return render(request, "ins/flows.html", context)


@require_POST
def flow_try(request: HttpRequest) -> HttpResponse:
    """A message by file, on a platform of tests: what connects a sender without a network."""
    actor = _actor(request)
    upload = request.FILES.get("file")
    content = upload.read(er7.LIMIT + 1) if isinstance(upload, UploadedFile) else b""
    message_id = operating.try_out(actor=actor, content=content)
    return HttpResponseRedirect(reverse("ins:flow", args=[message_id]))


@require_http_methods(["GET", "POST"])
def flow(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message: every remark, and the two things that may be done."""
    actor = _actor(request)
    error = ""
    try:
        if request.method == "POST":
            return _done(request, actor, message_id)
    except operating.NotNow as refusal:
        messages.warning(request, str(refusal))
    except ValueError as refusal:
        error = str(refusal)
    except LookupError:
        raise Http404 from None
    try:
        line = operating.line(actor=actor, message_id=message_id)
    except LookupError:
        raise Http404 from None
    return render(request, "ins/flow.html", {"line": line, "error": error}, status=422 if error else 200)


def _done(request: HttpRequest, actor: User, message_id: int) -> HttpResponse:
    if request.POST.get("do") == "replay":
        line = operating.replay(actor=actor, message_id=message_id)
        tell = messages.success if line.state == FlowState.DONE else messages.warning
        tell(request, _("Message rejoué : %s.") % line.state_label.lower())
        return HttpResponseRedirect(reverse("ins:flow", args=[message_id]))
    operating.set_aside(actor=actor, message_id=message_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("Message classé sans suite."))
    return HttpResponseRedirect(reverse("ins:flows"))
