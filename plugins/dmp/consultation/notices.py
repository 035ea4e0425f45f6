"""What is said of the search in the DMP, on the page of a patient or of a document that is being written (R-173, R-180)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcc.accounts.api import Action, User
from dcc.contracts.notices import Notice, Notices, Place
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from forms_config.schema.dates import french
from plugins.dmp.consultation.asking import ask, deposited_in_session, live_session
from plugins.dmp.consultation.keeping import kept_of
from plugins.dmp.consultation.standing import Line, Standing, standing_of
from plugins.dmp.models import Consent, KeptDocument, Search
from plugins.dmp.settings import in_force

TYPES = ("frcp", "pps")
"""Documents for which the DMP is searched when they are opened to be written (R-073)."""
FILLED = "pps"
"""The type that takes up what the others say (:mod:`plugins.reprise`)."""
WRITABLE = ("en_cours", "complete")
State = Search.State


class ConsultationNotices:
    """Starts the one search of an opening, and says what it found; nothing of it holds the page (R-180)."""

    def notices(self, place: Place) -> Notices:
        """Lines for who works on the document, or opens the patient."""
        settings = in_force()
        if place.patient_id is None or place.page not in ("patient", "document") or not settings.proxy:
            return Notices()
        actor = User.objects.select_related("practitioner").filter(pk=place.user_id).first()
        if settings.search == "jamais" or actor is None or not may_search(actor, place.patient_id, place.document_id):
            return Notices()
        patient_id = merging.kept_id(place.patient_id)
        # No search follows a deposit by itself (EX_3.1-2030, decision 0347), but for who works on a document.
        by_itself = settings.search == "ouverture" and (
            place.document_id is not None or not deposited_in_session(actor, patient_id)
        )
        if by_itself:
            ask(user_id=actor.pk, patient_id=patient_id, automatic=True)
        standing = standing_of(actor, patient_id)
        return Notices(list(_lines(actor, patient_id, place, standing, on_request=not by_itself)), pending=standing.running)


def may_search(actor: User, patient_id: UUID, document_id: UUID | None) -> bool:
    """Whether somebody works on this document, or cares for the patient: a « bris de glace » only reads what is here."""
    if document_id is None:
        return patients.cares_for(actor, patient_id)
    return bool(worked_on(actor, patient_id, document_id))


def worked_on(actor: User, patient_id: UUID, document_id: UUID | None) -> str:
    """The type of a document of the patient that somebody may write in now, if the DMP is searched for it; else empty."""
    if document_id is None:
        return ""
    try:
        seen = documents.reference(actor, Action.EDIT_DOCUMENT, document_id)
    except documents.DocumentError:
        return ""
    if merging.kept_id(seen.patient_id) != merging.kept_id(patient_id):
        return ""  # a document of somebody else opens nothing of this patient's DMP
    writable = seen.document_type in TYPES and seen.status in WRITABLE and not seen.held_elsewhere
    return seen.document_type if writable else ""


def _lines(actor: User, patient_id: UUID, place: Place, standing: Standing, *, on_request: bool) -> Iterator[Notice]:
    panel = address(patient_id, place.document_id)
    yield from _kept(actor, patient_id, panel)
    search = standing.search
    if search is None:
        if on_request and live_session(actor.pk) is not None:
            yield _again(_("Le DMP de ce patient n'a pas été consulté."), patient_id, place, _("Chercher dans le DMP"))
    elif standing.running:
        yield Notice(_("Recherche dans le DMP…"))
    elif standing.given_up:
        yield _again(_("La recherche dans le DMP n'a pas abouti."), patient_id, place)
    elif search.state == State.FAILED:
        yield _again(_("Le DMP n'a pas pu être consulté : %s.") % search.reason.rstrip("."), patient_id, place)
    elif search.state == State.NOT_ALLOWED:
        yield _not_allowed(actor, patient_id, place)
    elif search.state == State.DONE:
        filled = (
            reverse("web:adjudication", args=[place.document_id])
            if worked_on(actor, patient_id, place.document_id) == FILLED
            else ""
        )
        yield from _found(standing, panel, filled)


def _not_allowed(actor: User, patient_id: UUID, place: Place) -> Notice:
    """What is said of a search that the patient had not authorised; he may have done so since."""
    if Consent.objects.filter(patient=patient_id, user=actor, authorisation="VALIDE").exists():
        words = _("Le patient vous autorise maintenant à consulter son DMP.")
        return _again(words, patient_id, place, _("Chercher dans le DMP"))
    words = _("Le DMP n'a pas été consulté : le patient ne vous y a pas autorisé.")
    return Notice(words, "info", reverse("dmp:patient", args=[patient_id]), _("DMP du patient"))


def _found(standing: Standing, panel: str, filled: str) -> Iterator[Notice]:
    """What is newer, by type; then how to see the rest. ``filled`` is the page of the reprise, where there is one."""
    news = sorted(standing.news, key=lambda line: line.kind)
    for kind, group in groupby(news, key=lambda line: line.kind):
        lines = sorted(group, key=lambda line: line.told.day, reverse=True)
        level: Literal["info", "warning"] = "warning" if any(line.newer for line in lines) else "info"
        address, action = (filled, _("Voir la reprise")) if filled else (panel, _("Voir ce qui a été trouvé"))
        yield Notice(news_words(kind, lines), level, address, action)
    others = len(standing.lines) - len(news)
    if others:
        words = ngettext("DMP : %d autre document.", "DMP : %d autres documents.", others) % others
        yield Notice(words, "info", panel, _("Voir la liste"))
    elif news and filled:
        yield Notice(_("Vous pouvez garder ce qui a été trouvé dans le DMP."), "info", panel, _("Voir la liste"))
    elif not news:
        yield Notice(_("DMP consulté : rien de nouveau."), "success", panel, _("Détail"))


def news_words(kind: str, lines: Sequence[Line]) -> str:
    """« 1 PPS plus récent que le vôtre dans le DMP : du 12/03/2026, par DR X »."""
    first, count = lines[0], len(lines)
    if any(line.newer for line in lines):
        one, several = (
            _("%(n)d %(kind)s plus récent que le vôtre dans le DMP"),
            _("%(n)d %(kind)s plus récents que le vôtre dans le DMP"),
        )
        words = one if count == 1 else several
    else:
        words = _("%(n)d %(kind)s dans le DMP, aucun ici")
    said = words % {"n": count, "kind": kind}
    dated = _("du %s") % french(first.told.day) if first.told.day else ""
    by = _("par %s") % first.told.author if first.told.author else ""
    detail = ", ".join(part for part in (dated, by) if part)
    told = f"{said}\N{NO-BREAK SPACE}: {detail}" if detail else said
    alert = next((line.told.alert for line in lines if line.told.alert), "")
    return f"{told}. {alert}" if alert else told


def _kept(actor: User, patient_id: UUID, panel: str) -> Iterator[Notice]:
    """What became of what was kept (DD15.02)."""
    for row in kept_of(actor, patient_id):
        if row.there != KeptDocument.There.PRESENT:
            words = _("Un document gardé du DMP : %s.") % str(row.get_there_display()).lower()
            yield Notice(words, "warning", panel, _("Voir lequel"))


def _again(words: str, patient_id: UUID, place: Place, action: str = "") -> Notice:
    url = reverse("dmp:search", args=[patient_id]) + (f"?document={place.document_id}" if place.document_id else "")
    return Notice(words, "warning" if not action else "info", url, action or _("Chercher de nouveau"), posts=True)


def address(patient_id: UUID, document_id: UUID | None = None) -> str:
    """The panel of what was found, which leads back to the document it was opened from."""
    panel = reverse("dmp:found", args=[patient_id])
    return f"{panel}?document={document_id}" if document_id else panel
