"""When the identity of a patient becomes qualified or is corrected, what was validated under the former one is made again.

The same medical content, with its author and the date of its validation: a new ClinicalDocument/id, one version further, in place
of the one before (DESIGN « Renditions », decision 0283). No new medical validation.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from dcc.contracts.errors import RetryLater
from dcc.contracts.events import Context, IdentityChanged, RenewalDue
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.exchange.models import Rendition, RenditionState
from dcc.exchange.pictures import to_json
from dcc.exchange.renditions import FIRST, IDENTITY, VALIDATED, VISIBILITY, freeze_rendition, make_ready
from dcc.exchange.transmissions.follow_up import State
from dcc.exchange.transmissions.policy import DOCUMENT_TYPES
from dcc.exchange.transmissions.releasing import release

SHOWN = ("traits", "ins", "used_name", "used_given_name")
"""What an output shows of an identity and what a change of it is; a status shows in what it allows."""


def tell_documents(event: IdentityChanged, context: Context) -> None:
    """Subscriber of ``IdentityChanged``: one event for each validated document of the patient that left files behind."""
    made = Rendition.objects.filter(
        version__document__patient=event.patient_id, version__document__document_type__in=DOCUMENT_TYPES, reason=FIRST
    )
    newest = {
        row.version.document_id: row.version for row in made.select_related("version__document").order_by("version__number")
    }
    with transaction.atomic():
        for document_id, version in newest.items():
            events.publish(
                RenewalDue(
                    document_id=document_id,
                    version_id=version.pk,
                    document_type=version.document.document_type,
                    at=timezone.now(),
                    actor_id=None,
                )
            )


def renew(event: RenewalDue, context: Context) -> None:
    """Subscriber of ``RenewalDue``: a new rendition when what outputs show of the identity changed. Idempotent.

    A version that another one replaced since is left as it was; ``RetryLater`` while its first files are being made.
    """
    with transaction.atomic():
        last = _held_newest(event.document_id)
        if last is None or last.version_id != event.version_id or last.snapshot["status"] not in VALIDATED:
            return
        pending = last.state == RenditionState.PENDING
        if outdated(last):
            if pending and last.reason == FIRST:
                raise RetryLater("Les fichiers du document validé ne sont pas encore prêts")
            last = freeze_rendition(event.version_id, event.document_id, reason=IDENTITY)
        elif not pending or last.reason != IDENTITY:
            release(list(last.transmissions.filter(state=State.HELD, cause="identity").values_list("pk", flat=True)))
            return
    make_ready(last, event)


def renew_to_show(document_id: uuid.UUID) -> bool:
    """The same validated content once more, for the DMP alone, where it takes the place of what the patient cannot see (R-187).

    Only what was sent there can be what he cannot see. Nothing (``False``) while the newest has not been: it will be seen when it
    goes. Once, however many ask at the same time (an FRCP and its PPS that leave together). Raises as ``get_or_render``.
    """
    with transaction.atomic():
        last = _held_newest(document_id)
        if last is None or last.snapshot["status"] not in VALIDATED:
            return False
        if last.reason != VISIBILITY:
            if not last.transmissions.filter(channel="dmp", sent_at__isnull=False).exists():
                return False
            last = freeze_rendition(last.version_id, document_id, reason=VISIBILITY)
    document = last.version.document
    told = RenewalDue(document.pk, last.version_id, document.document_type, timezone.now(), None)
    make_ready(last, told)
    return True


def _held_newest(document_id: uuid.UUID) -> Rendition | None:
    """The newest rendition of a document; until the transaction ends nobody else finds out that it is to be made again."""
    made = Rendition.objects.filter(version__document_id=document_id)
    list(made.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    return made.select_related("version__document").order_by("-version__number", "-number").first()


def outdated(rendition: Rendition) -> bool:
    """Whether the identity became qualified, or shows otherwise than in a picture; a lost qualification does not count."""
    picture = documents.picture(rendition.version_id, as_of=rendition.as_of, rendition_id=rendition.pk, replaces={})
    now, then = to_json(picture)["patient"], rendition.snapshot["patient"]
    if now["status"] == "qualifiee":
        return then["status"] != "qualifiee" or any(now[name] != then[name] for name in SHOWN)
    return any(now[name] != then[name] for name in SHOWN if name != "ins")
