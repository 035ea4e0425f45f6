"""What is in the DMP of an INS that the patient has no more: said to its authors, who delete it once they confirmed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dcc.accounts.api import User
from dcc.contracts.notices import Notice, Notices, Place
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.web.identity import grouped
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.opening import document_frame, open_view
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.removing import may_remove, removable, remove_misplaced
from plugins.dmp.deposits.sharing import may_send
from plugins.dmp.sessions.waiting import ids_of
from plugins.dmp.settings import in_force


class RemovalNotices:
    """On the pages of a document and of its transmissions, to who may send it; to its authors also where their work begins."""

    def notices(self, place: Place) -> Notices:
        """One line at most."""
        if place.page not in ("accueil", "document", "envois") or not in_force().proxy:
            return Notices()
        actor = User.objects.select_related("practitioner").filter(pk=place.user_id).first()
        if actor is None:
            return Notices()
        found = _of_document(actor, place.document_id) if place.document_id is not None else _at_home(actor)
        return Notices([found] if found else [])


def _at_home(actor: User) -> Notice | None:
    ids = ids_of(actor)
    mine = dict.fromkeys(row.document_id for row in ledger.misplaced_by(ids)) if ids else {}
    opened = {row["pk"] for row in documents.openable(actor, Q(pk__in=mine))} if mine else set()
    found = [document_id for document_id in mine if document_id in opened]
    if not found:
        return None
    words = ngettext(
        "%(n)d document est à supprimer du DMP d’une INS corrigée depuis.",
        "%(n)d documents sont à supprimer du DMP d’une INS corrigée depuis.",
        len(found),
    ) % {"n": len(found)}
    return Notice(words, "warning", reverse("web:transmissions", args=[found[0]]), _("Voir le document"))


def _of_document(actor: User, document_id: UUID) -> Notice | None:
    rows = list(ledger.misplaced(document_id))
    if not rows or not may_send(actor, document_id):
        return None
    words = _("Ce document est dans le DMP d’une INS que le patient n’a plus : ce peut être le DMP d’une autre personne.")
    if not any(may_remove(actor, row) for row in rows):
        return Notice(f"{words} {_('Un de ses auteurs ou son responsable doit l’en supprimer.')}", "warning")
    return Notice(words, "warning", reverse("dmp:remove", args=[document_id]), _("Supprimer de ce DMP"))


@guarded
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """What would be deleted, which cannot be undone (GET); ask for it, and show where things stand (POST)."""
    actor = actor_of(request)
    try:
        if request.method == "GET":
            rows = removable(actor=actor, document_id=document_id)
            frame = document_frame(request, open_view(request, document_id), "web:transmissions")
            found = [(row, grouped(row.ins_extension)) for row in rows]
            return render(request, "dmp/removal.html", {**frame, "found": found})
        remove_misplaced(actor=actor, document_id=document_id)
    except exchange.SendingRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Suppression demandée : elle se fait dès qu’un auteur a ouvert son accès au DMP"))
    return HttpResponseRedirect(reverse("web:transmissions", args=[document_id]))
