"""What is said of the session of the trust space on the pages of one's work, with the way to open it."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcc.accounts.api import Action, User
from dcc.contracts.notices import Notice, Notices, Place
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from plugins.dmp.sessions import live
from plugins.dmp.sessions.waiting import CHANNEL, awaited, ids_of, show_names, shown_by, to_be_shown, waiting_documents
from plugins.dmp.settings import in_force


class SessionNotices:
    """« n documents attendent votre connexion »; whose connection a document waits for; in whose session it will leave."""

    def notices(self, place: Place) -> Notices:
        """At most one line; nothing while no proxy is set."""
        if not in_force().proxy:
            return Notices()
        user = User.objects.select_related("practitioner").filter(pk=place.user_id).first()
        if user is None:
            return Notices()
        if place.page == "accueil":
            return _lines(_at_home(user))
        if place.document_id is not None and place.page == "document":
            return _lines(_of_document(user, place.document_id))
        if place.document_id is not None and place.page == "validation":
            return _lines(_before_validation(user, place.document_id))
        return Notices()


def access_url(then: str) -> str:
    """The page of the access, which goes on with ``then``."""
    return f"{reverse('dmp:access')}?{urlencode({'suite': then})}"


def _lines(notice: Notice | None) -> Notices:
    return Notices([notice] if notice else [])


def _at_home(user: User) -> Notice | None:
    count = len(waiting_documents(user))
    if not count or live.session_of(user) is not None:
        return None
    words = ngettext(
        "%(n)d document attend votre connexion au DMP.", "%(n)d documents attendent votre connexion au DMP.", count
    ) % {"n": count}
    return Notice(words, "warning", access_url(reverse("web:worklist")), _("Ouvrir l’accès"))


def _of_document(user: User, document_id: UUID) -> Notice | None:
    people = awaited(user, document_id)
    if not people:
        return _to_show(user, document_id)
    if {one.national_id for one in people} & set(ids_of(user)):
        page = reverse("web:document", args=[document_id])
        return Notice(_("Le dépôt au DMP attend votre connexion."), "warning", access_url(page), _("Ouvrir l’accès"))
    return Notice(_("Le dépôt au DMP attend la connexion de %(who)s.") % {"who": exchange.awaited_names(people)})


def _to_show(user: User, document_id: UUID) -> Notice | None:
    """Of an FRCP that the patient does not see beside its PPS: whose connection shows it; ``user`` may open it."""
    waiting = to_be_shown(document_id)
    if waiting is None:
        return None
    if document_id in [one.document_id for one in shown_by(user)]:
        page = reverse("web:document", args=[document_id])
        words = _("Le patient ne voit pas encore cette FRCP dans le DMP : votre connexion la lui montrera.")
        return Notice(words, "warning", access_url(page), _("Ouvrir l’accès"))
    words = _("Le patient ne voit pas encore cette FRCP dans le DMP : elle attend la connexion de %(who)s.")
    return Notice(words % {"who": show_names(waiting)})


def _before_validation(user: User, document_id: UUID) -> Notice | None:
    """For who may validate it, and then answers for it: in her session it may be deposited."""
    if not ids_of(user) or not _may_validate(user, document_id) or not _goes_there(user, document_id):
        return None
    session = live.session_of(user)
    if session is not None:
        until = f"{timezone.localtime(session.expires_at):%H:%M}"
        return Notice(_("Ce document sera déposé au DMP dans votre session, ouverte jusqu’à %(at)s.") % {"at": until})
    page = reverse("web:validation", args=[document_id])
    words = _("Ce document sera déposé au DMP dans votre session. Ouvrez-la avant de valider, ou après : il attendra.")
    return Notice(words, "info", access_url(page), _("Ouvrir l’accès au DMP"))


def _may_validate(user: User, document_id: UUID) -> bool:
    try:
        documents.reference(user, Action.VALIDATE_DOCUMENT, document_id)
    except documents.ActionForbidden:
        return False
    return True


def _goes_there(user: User, document_id: UUID) -> bool:
    return any(line.kind == CHANNEL and line.at_validation for line in exchange.recipients_of(user, document_id))
