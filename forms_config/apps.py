from datetime import timedelta

from django.apps import AppConfig


class FormsConfigConfig(AppConfig):
    name = "forms_config"
    label = "forms_config"
    verbose_name = "Formulaires"

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from dcc.audit.api import keep_guarded
        from dcc.contracts.capabilities import ScheduledJob
        from dcc.contracts.events import GateRequested
        from dcc.contracts.registry import current
        from forms_config.control.checks import check_proof
        from forms_config.control.proofs import add_proof
        from forms_config.control.services import purge_old, run_requested
        from forms_config.control.structure import StructureProof
        from forms_config.frozen import guards
        from forms_config.gate import add_gate_check
        from forms_config.meanings import check_meanings

        add_gate_check("forms_config.meanings", check_meanings)
        current().subscribe(GateRequested, run_requested, key="forms_config.gate")
        current().add(ScheduledJob, "forms_config.gate", ScheduledJob("forms_config.gate", purge_old, timedelta(days=1)))
        current().add(ScheduledJob, "forms_config.due", ScheduledJob("forms_config.due", _publish_due, timedelta(minutes=1)))
        add_proof("form", "forms_config.structure", StructureProof())
        register(check_proof, Tags.security, deploy=True)
        keep_guarded(self, guards(), labels=("forms_config", "blocks", "legal", "terminology"))


def _publish_due() -> None:
    from forms_config.control.scheduled import publish_due

    publish_due()
