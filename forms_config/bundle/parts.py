"""The parts of a bundle beside its form: lists, blocks, favourites, text. Each says in lines what becomes of it, and does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from forms_config.blocks import api as blocks
from forms_config.bundle import contents, keys, lists
from forms_config.bundle.errors import BundleRefused
from forms_config.bundle.report import Line, State
from forms_config.favourites import api as favourites
from forms_config.legal import api as legal
from forms_config.terminology import api as terminology

if TYPE_CHECKING:
    from dcc.accounts.models import User
    from forms_config.schema.model import FormSchema

SHOWN_CODES = 10


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to: the fingerprint of an unknown publisher, that what is newer here is replaced, that the region's
    text is kept as a draft; and another key for the form, when one is wanted.
    """

    fingerprint: str = ""
    replace: bool = False
    text: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A bundle that arrives, who brings it (nobody: the operator), and what that person agreed to."""

    actor: User | None
    signed: contents.Signed
    consent: Consent

    @property
    def bundle(self) -> contents.Bundle:
        """What it brings."""
        return self.signed.bundle


def list_lines(arrival: Arrival) -> Iterator[Line]:
    """Keep the regional lists."""
    for where, data in arrival.bundle.lists.items():
        made = lists.from_json(data, where)
        if terminology.exists(made.name) and not terminology.is_regional(made.name):
            raise BundleRefused(_("La liste « %(name)s » est nationale : un paquet ne la remplace pas") % {"name": made.name})
        known = terminology.exists(made.name)
        change = terminology.store(made, actor=arrival.actor, effective_from=min(made.revision, timezone.localdate()))
        details = [
            f"{words} : {', '.join(codes[:SHOWN_CODES])}{'…' if len(codes) > SHOWN_CODES else ''}"
            for words, codes in (("ajoutés", change.added), ("retirés", change.retired), ("renommés", change.relabelled))
            if codes and known
        ]
        yield Line("Liste régionale", made.title, _LIST_STATES[change.status], tuple(details))


_LIST_STATES = {
    "new": State.NEW,
    "updated": State.NEWER_HERE,
    "unchanged": State.IDENTICAL,
    "older": State.ASIDE,
    "known": State.ASIDE,
}
"""Another content of a list of that name is somebody's work here: it is replaced only when that is said."""


def national_lines(arrival: Arrival, schema: FormSchema) -> Iterator[Line]:
    """Compare the national lists that the form was published with to those here; identical ones are not worth a line."""
    for name, version in sorted(arrival.bundle.national.items()):
        if not terminology.exists(name):
            yield Line("Liste nationale", name, State.MISSING, (_("elle n'est pas sur cette plateforme"),))
        elif schema.value_sets.get(name, version) != version:
            here = schema.value_sets[name]
            yield Line("Liste nationale", name, State.OTHER_VERSION, (f"{version} chez le publicateur, {here} ici",))


def blocks_lines(arrival: Arrival) -> Iterator[Line]:
    """Keep the versions of shared blocks that the form shows."""
    publisher = arrival.signed.publisher
    origin = "" if publisher.fingerprint == keys.our_fingerprint() else publisher.fingerprint
    for name, content in sorted(arrival.bundle.blocks.items()):
        try:
            new = blocks.receive_block(
                actor=arrival.actor,
                reference=blocks.reference_of(name),
                document_type=arrival.bundle.form["document_type"],
                content=content,
                origin=origin,
            )
        except ValidationError as error:
            raise BundleRefused(_("Bloc %(name)s : %(error)s") % {"name": name, "error": " ; ".join(error.messages)}) from None
        except (LookupError, ValueError, TypeError) as error:
            raise BundleRefused(_("Bloc %(name)s : %(error)s") % {"name": name, "error": error}) from None
        number = blocks.reference_of(name).number
        yield Line("Bloc partagé", f"{content.get('title', '')} (version {number})", State.NEW if new else State.IDENTICAL)


def favourite_lines(arrival: Arrival, schema: FormSchema) -> Iterator[Line]:
    """Propose the favourites of the publisher's region to this one; a person approves them."""
    for data in arrival.bundle.favourites:
        name = str(data.get("name", ""))
        if arrival.actor is None:
            yield Line("Favori", name, State.ASIDE, (_("un favori est proposé par une personne"),))
            continue
        try:
            new = favourites.receive_favourite(actor=arrival.actor, data=data, schema=schema)
        except favourites.FavouriteRefused as refusal:
            yield Line("Favori", name, State.ASIDE, (str(refusal),))
        else:
            yield Line("Favori", name, State.PROPOSED if new else State.IDENTICAL)


def text_lines(arrival: Arrival) -> list[Line]:
    """Keep the publisher's text 1 as a draft of the region's, when that is wanted; it is never published here."""
    body = arrival.bundle.text
    if not body:
        return []
    text, _second = legal.texts_for(None, timezone.now())
    name = _("Texte 1 de « %(region)s »") % {"region": arrival.signed.publisher.name}
    if text.body == body:
        return [Line("Texte légal", name, State.IDENTICAL)]
    if not arrival.consent.text:
        return [Line("Texte légal", name, State.ASIDE, (_("il ne change rien ici, à moins de le demander"),))]
    try:
        new = legal.propose_text(actor=arrival.actor, facility_id=None, body=body)
    except ValidationError as error:
        raise BundleRefused(_("Texte 1 : %(error)s") % {"error": " ; ".join(error.messages)}) from None
    state = State.PROPOSED if new else State.IDENTICAL
    return [Line("Texte légal", name, state, (_("gardé comme brouillon du texte de la région"),))]
