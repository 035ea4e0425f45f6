"""The parts of the daily digest about what the rooms below keep: each asks a door and says it in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.cms.transmissions_queue import waiting_transmissions
from dcc.contracts.capabilities import DigestLine, DigestSection
from dcc.events import api as events
from dcc.patients import api as patients
from dcc.trust import api as trust
from forms_config import api as forms
from forms_config.control.latest import red_gates
from forms_config.favourites import api as favourites
from forms_config.legal import api as legal
from forms_config.lists.impact import outdated

EDITORS = (Action.CONFIGURE_FORMS,)
BOTH = (Action.CONFIGURE_FORMS, Action.ADMINISTER)
ADMINISTRATORS = (Action.ADMINISTER,)


def refused_forms(person_id: UUID) -> Sequence[DigestLine]:
    """Forms and texts whose last proof was red."""
    lines = []
    for gate in red_gates():
        words = ngettext("%(title)s : %(n)d anomalie (%(day)s)", "%(title)s : %(n)d anomalies (%(day)s)", gate.errors)
        told = words % {"title": gate.title, "n": gate.errors, "day": date_format(gate.at, "d/m/Y")}
        lines.append(DigestLine(told, forms.gate_page(gate.key, gate.report_id) if gate.kind == "form" else ""))
    return lines


def broken_favourites(person_id: UUID) -> Sequence[DigestLine]:
    """Favourites of the person, or of the region, that no published form takes any more."""
    person = User.objects.get(pk=person_id)
    return [
        DigestLine(f"{broken.name} ({broken.place}) : {broken.problems[0]}", reverse("favoris:edit", args=[broken.favourite_id]))
        for broken in favourites.broken(person)
    ]


def outdated_lists(person_id: UUID) -> Sequence[DigestLine]:
    """Forms in use that are pinned to former versions of lists."""
    lines = []
    for form in outdated():
        names = ", ".join(old.title for old in form.lists)
        broken = any(old.breaks for old in form.lists)
        words = _("%(form)s : listes plus récentes (%(names)s)") % {"form": form.title, "names": names}
        lines.append(DigestLine(words + (_(" ; à corriger avant de publier") if broken else ""), forms.form_page(form.key)))
    return lines


def texts_to_review(person_id: UUID) -> Sequence[DigestLine]:
    """Patient-rights texts in force whose day of review has passed."""
    return [
        DigestLine(
            _("%(title)s : à revoir avant le %(day)s") % {"title": text.title, "day": date_format(text.review_on, "d/m/Y")},
            reverse(text.model.snippet_viewset.get_url_name("inspect"), args=[text.pk]),
        )
        for text in legal.past_review()
    ]


def sheets_to_review(person_id: UUID) -> Sequence[DigestLine]:
    """Side-effect sheets in force that nobody read again in time."""
    return [
        DigestLine(
            _("%(title)s : à revoir avant le %(day)s") % {"title": sheet.label, "day": date_format(sheet.review_on, "d/m/Y")},
            reverse("fiches_effets:edit", args=[sheet.sheet_id]),
        )
        for sheet in favourites.sheets_past_review()
    ]


def waiting_deliveries(person_id: UUID) -> Sequence[DigestLine]:
    """What the outbox cannot deliver without somebody, counted by subscriber: subjects are not named."""
    waiting = events.deliveries(actor=User.objects.get(pk=person_id), attention=True)
    counts = Counter((delivery.key, delivery.label) for delivery in waiting)
    jobs = [DigestLine(_("Tâche planifiée en échec : %(key)s") % {"key": key}) for key in events.health().failing_jobs]
    return [
        *(
            DigestLine(f"{key} : {number} {label}", reverse("events:deliveries"))
            for (key, label), number in sorted(counts.items())
        ),
        *jobs,
    ]


def accesses_to_review(person_id: UUID) -> Sequence[DigestLine]:
    """« Bris de glace » that nobody judged yet: who, when, and whether it is late; patients are not named."""
    words = _("%(who)s, le %(day)s : à revoir%(more)s")
    return [
        DigestLine(
            words
            % {
                "who": glass.who,
                "day": date_format(timezone.localtime(glass.at), "d/m/Y H:i"),
                "more": (_(" (dossier masqué)") if glass.was_masked else "") + (_(" ; en retard") if glass.overdue else ""),
            },
            reverse("web:glass_review"),
        )
        for glass in patients.to_review(User.objects.get(pk=person_id))
    ]


def commitments(person_id: UUID) -> Sequence[DigestLine]:
    """Conventions that end soon or lack their signed scan; terms of use that nobody published yet."""
    page = "wagtailsnippets_trust_convention:edit"
    lines = [DigestLine(_renewal_words(one), reverse(page, args=[one.convention_id])) for one in trust.renewals()]
    if trust.nothing_published():
        words = _("Aucune condition d'utilisation n'est publiée : personne n'est sollicité. Un brouillon attend d'être approuvé.")
        lines.insert(0, DigestLine(words, reverse("wagtailsnippets_trust_termsset:list")))
    return lines


STAGES = (
    gettext_lazy("Convention à prévoir"),
    gettext_lazy("Convention à renouveler"),
    gettext_lazy("Convention à renouveler sans délai"),
)
"""By the number of reminders passed."""


def _renewal_words(one: trust.Renewal) -> str:
    if one.days is None or one.last_day is None:
        return _("Convention sans pièce signée : %(party)s") % {"party": one.party}
    told = {"what": STAGES[min(one.stage, len(STAGES)) - 1], "party": one.party, "day": date_format(one.last_day, "d/m/Y")}
    words = _("%(what)s : %(party)s, finie le %(day)s") if one.days < 0 else _("%(what)s : %(party)s, finit le %(day)s")
    return words % told


def broken_journal(person_id: UUID) -> Sequence[DigestLine]:
    """What the last verification of the journal found wrong."""
    found = audit.state()
    if not found.breaches:
        return []
    words = ngettext("%(n)d anomalie : %(message)s", "%(n)d anomalies, dont : %(message)s", found.breaches)
    return [DigestLine(words % {"n": found.breaches, "message": found.message})]


SECTIONS = tuple(
    DigestSection(key, title, permissions, lines)  # type: ignore[arg-type]  # a lazy text is a text, said in the reader's language
    for key, title, permissions, lines in (
        ("forms.refused", gettext_lazy("Publications refusées par le contrôle"), BOTH, refused_forms),
        ("favourites.broken", gettext_lazy("Favoris à réparer"), EDITORS, broken_favourites),
        ("lists.outdated", gettext_lazy("Listes plus récentes que les formulaires"), EDITORS, outdated_lists),
        ("texts.review", gettext_lazy("Textes à revoir"), BOTH, texts_to_review),
        ("sheets.review", gettext_lazy("Fiches d'effets à revoir"), EDITORS, sheets_to_review),
        ("audit.broken", gettext_lazy("Journal qui n'est pas intact"), (Action.READ_JOURNAL, Action.ADMINISTER), broken_journal),
        ("access.review", gettext_lazy("Bris de glace à revoir"), (Action.REVIEW_ACCESS,), accesses_to_review),
        ("trust.commitments", gettext_lazy("Engagements à tenir"), (Action.MANAGE_CONVENTIONS,), commitments),
        ("transmissions.waiting", gettext_lazy("Transmissions qui attendent quelqu'un"), ADMINISTRATORS, waiting_transmissions),
        ("events.waiting", gettext_lazy("Livraisons qui attendent quelqu'un"), ADMINISTRATORS, waiting_deliveries),
    )
)
"""In the order of the digest."""
