from datetime import timedelta

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "dcc.exchange"
    label = "exchange"
    verbose_name = "Échanges"

    def ready(self) -> None:
        from dcc.audit.api import keep_guarded
        from dcc.contracts.capabilities import ScheduledJob
        from dcc.contracts.events import DocumentValidated, RenditionReady, TransmissionRequested
        from dcc.contracts.registry import current
        from dcc.documents.api import identify_with
        from dcc.exchange.guards import GUARDS
        from dcc.exchange.proof.subjects import FormProof, TextProof
        from dcc.exchange.renditions import last_identifier, make_artifacts
        from dcc.exchange.transmissions.planning import plan_ready
        from dcc.exchange.transmissions.sending import send_requested
        from forms_config.control.proofs import add_proof

        keep_guarded(self, GUARDS)
        identify_with(last_identifier)
        add_proof("form", "exchange.documents", FormProof())
        add_proof("text", "exchange.documents", TextProof())
        current().add(ScheduledJob, "exchange.rechecks", ScheduledJob("exchange.rechecks", _recheck, timedelta(minutes=1)))
        current().subscribe(DocumentValidated, make_artifacts, key="exchange.renditions")
        current().subscribe(RenditionReady, plan_ready, key="exchange.planning")
        current().subscribe(TransmissionRequested, send_requested, key="exchange.sending")


def _recheck() -> None:
    from dcc.exchange.rechecks import check_waiting

    check_waiting()
