"""« Partager de nouveau dans le DMP » where something is missing (R-190): said on the pages of a document, done by a button."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcc.accounts.api import Action, User
from dcc.contracts.errors import DeliveryError
from dcc.contracts.notices import Notice, Notices, Place
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.web.views.guards import actor_of, guarded
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.sharing import AGAIN, share_again
from plugins.dmp.deposits.visibility import Frcp, Pps
from plugins.dmp.settings import in_force

SHARED = ("valide", "cloture")


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing, in words (none: nothing is); ``hidden``: it is that the patient does not see the FRCP beside its PPS."""

    words: str = ""
    hidden: bool = False


def missing(actor: User, document_id: UUID) -> Missing:
    """What is missing in the DMP of a document that sharing it again may put there.

    Raises ``DocumentNotFound``, ``ActionForbidden`` unless the actor may send it.
    """
    known = documents.reference(actor, Action.SEND_DOCUMENT, document_id)
    if known.status not in SHARED or known.held_elsewhere or known.document_type not in ("frcp", "pps"):
        return Missing()
    lines = [line for line in exchange.transmissions_of(actor, document_id) if line.channel == "dmp"]
    if not lines and known.received:  # who validated it there shares it
        return Missing()
    if not lines:
        return Missing(_("Ce document n'est pas dans le DMP, et rien n'y part."))
    if lines[0].state == exchange.State.ABANDONED:
        return Missing(_("Ce document n'est pas dans le DMP : quelqu'un a renoncé à l'y déposer."))
    if lines[0].state in AGAIN:  # its line says why, and has the one gesture that helps
        return Missing()
    return _missing_frcp(documents.followed_id(document_id) or document_id, document_id)


def _missing_frcp(frcp_id: UUID, document_id: UUID) -> Missing:
    """Of an FRCP whose PPS is in the DMP."""
    ins = ledger.ins_of(document_id)
    if ins is None or ledger.pps_of(frcp_id, ins) is not Pps.PRESENT:
        return Missing()
    stands = ledger.frcp_of(frcp_id, ins)
    if stands is Frcp.INVISIBLE:
        return Missing(_("Le PPS est dans le DMP, et la FRCP y est encore invisible au patient."), hidden=True)
    if stands is not Frcp.ABSENT or frcp_id == document_id or ledger.was_taken_away(frcp_id, ins):
        return Missing()
    return Missing(_("La FRCP que suit ce PPS n'est pas dans le DMP."))


def removed(document_id: UUID) -> str:
    """What was taken away from the DMP, and is not put back: told, as no gesture here changes it."""
    ins = ledger.ins_of(document_id)
    if ins is None:
        return ""
    if ledger.was_taken_away(document_id, ins):
        return _("Ce document a été retiré du DMP : il n'y est pas remis tel quel.")
    followed = documents.followed_id(document_id)
    if followed is not None and ledger.was_taken_away(followed, ins):
        return _("La FRCP que suit ce PPS a été retirée du DMP : elle n'y est pas remise telle quelle.")
    return ""


class SharingNotices:
    """What is missing or was taken away, on the page of a document and on that of its transmissions, to who may send it."""

    def notices(self, place: Place) -> Notices:
        """One line, with the button where that helps, or nothing."""
        if place.page not in ("document", "envois") or place.document_id is None or not in_force().proxy:
            return Notices()
        actor = User.objects.select_related("practitioner").filter(pk=place.user_id).first()
        try:
            found = missing(actor, place.document_id) if actor is not None else Missing()
            told = "" if found.words or actor is None else removed(place.document_id)
        except documents.DocumentError:
            return Notices()
        if not found.words:
            return Notices([Notice(told)] if told else [])
        url, confirms = reverse("dmp:share", args=[place.document_id]), found.hidden and in_force().confirm_reveal
        action = _("Confirmer, et la montrer au patient") if confirms else _("Partager de nouveau dans le DMP")
        return Notices([Notice(found.words, "warning", url, action, posts=True)])


@guarded
@require_POST
def share(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Do it, and show where things stand."""
    try:
        share_again(actor=actor_of(request), document_id=document_id)
    except (exchange.SendingRefused, DeliveryError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Partage demandé : ce qui est déjà dans le DMP n'y est pas mis deux fois"))
    return HttpResponseRedirect(reverse("web:transmissions", args=[document_id]))
