"""Import of a received document: a file in, a document out, or the reason why not."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.contracts.errors import Refused
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from dcc.web.views.guards import actor_of, guarded, require_somewhere


@guarded
@require_http_methods(["GET", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Choose a file and the facility that receives it; what came in before is listed."""
    allowed = require_somewhere(request, Action.IMPORT_DOCUMENT)
    refusal, question = "", None
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            refusal = _("Choisissez un fichier")
        else:
            try:
                document_id = exchange.import_file(
                    actor=actor_of(request),
                    facility_id=_facility(request.POST.get("facility", ""), allowed),
                    filename=file.name or "",
                    content=file.read() if (file.size or 0) <= settings.DCC_INTAKE_LIMIT else b"",
                    size=file.size,
                )
            except Refused as error:
                refusal = error.reason
                question = error.reconciliation_id if isinstance(error, patients.IdentityConflict) else None
            else:
                messages.success(request, _("Document lu et rattaché à son patient"))
                return HttpResponseRedirect(reverse("web:document", args=[document_id]))
    context = {
        "refusal": refusal,
        "question": question,
        "facilities": accounts.facilities(ids=allowed, limit=100),
        "intakes": exchange.intakes(actor_of(request), set(allowed)),
        "limit": settings.DCC_INTAKE_LIMIT,
    }
    return render(request, "web/import.html", context, status=422 if refusal else 200)


def _facility(text: str, allowed: frozenset[uuid.UUID]) -> uuid.UUID:
    try:
        chosen = uuid.UUID(text) if text else next(iter(allowed))
    except ValueError:
        raise PermissionDenied from None
    if chosen not in allowed:
        raise PermissionDenied
    return chosen
