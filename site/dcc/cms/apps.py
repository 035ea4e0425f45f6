from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "dcc.cms"
    label = "cms"
    verbose_name = "Administration éditoriale"

    def ready(self) -> None:
        from datetime import timedelta

        from dcc.cms.alerts import tell_reviewers
        from dcc.cms.digest_sections import SECTIONS
        from dcc.cms.journal import journal_history
        from dcc.contracts.capabilities import DigestSection, ScheduledJob
        from dcc.contracts.events import GlassBroken
        from dcc.contracts.registry import current

        journal_history()
        for section in SECTIONS:
            current().add(DigestSection, section.key, section)
        current().subscribe(GlassBroken, tell_reviewers, key="cms.access_alerts")
        current().add(ScheduledJob, "cms.digest", ScheduledJob("cms.digest", _send_digests, timedelta(minutes=30)))


def _send_digests() -> None:
    from dcc.cms.digest import send_digests

    send_digests()
