from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from dcc.exchange.models import MailOpposition


class ExchangeConfig(AppConfig):
    name = "dcc.exchange"
    label = "exchange"
    verbose_name = "Échanges"

    def ready(self) -> None:
        from dcc.audit.api import keep_guarded
        from dcc.contracts.capabilities import ScheduledJob
        from dcc.contracts.events import (
            DocumentStatusChanged,
            DocumentValidated,
            IdentityChanged,
            RenditionReady,
            RenewalDue,
            TransmissionChanged,
            TransmissionRequested,
        )
        from dcc.contracts.registry import current
        from dcc.documents.api import identify_with
        from dcc.exchange.guards import GUARDS
        from dcc.exchange.proof.subjects import FormProof, TextProof
        from dcc.exchange.regions.following import follow_transmission, give_back, goes_to_another_dcc
        from dcc.exchange.renditions import last_identifier, make_artifacts
        from dcc.exchange.renewals import renew, tell_documents
        from dcc.exchange.transmissions.planning import drop_cancelled, plan_ready
        from dcc.exchange.transmissions.sending import send_requested
        from dcc.exchange.transmissions.steps import SUBSCRIPTION
        from dcc.patients.merging.api import Rows, hold
        from forms_config.control.proofs import add_proof

        keep_guarded(self, GUARDS)
        hold(Rows("exchange.opposition", _("oppositions à la messagerie"), _oppositions, once=(), among=Q(until=None)))
        identify_with(last_identifier)
        add_proof("form", "exchange.documents", FormProof())
        add_proof("text", "exchange.documents", TextProof())
        current().add(ScheduledJob, "exchange.rechecks", ScheduledJob("exchange.rechecks", _recheck, timedelta(minutes=1)))
        current().add(ScheduledJob, "exchange.releases", ScheduledJob("exchange.releases", _release, timedelta(minutes=10)))
        current().subscribe(DocumentValidated, make_artifacts, key="exchange.renditions")
        current().subscribe(IdentityChanged, tell_documents, key="exchange.identities")
        current().subscribe(RenewalDue, renew, key="exchange.renewals")
        current().subscribe(RenditionReady, plan_ready, key="exchange.planning")
        current().subscribe(DocumentStatusChanged, drop_cancelled, key="exchange.cancelled")
        current().subscribe(TransmissionRequested, send_requested, key=SUBSCRIPTION)
        current().subscribe(RenditionReady, give_back, key="exchange.giving_back")
        current().subscribe(TransmissionChanged, follow_transmission, key="exchange.entrusted", concerns=goes_to_another_dcc)


def _release() -> None:
    from dcc.exchange.transmissions.releasing import release_waiting

    release_waiting()


def _recheck() -> None:
    from dcc.exchange.rechecks import check_waiting

    check_waiting()


def _oppositions() -> QuerySet[MailOpposition]:
    from dcc.exchange.models import MailOpposition

    return MailOpposition.objects.all()
