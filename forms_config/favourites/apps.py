from datetime import timedelta

from django.apps import AppConfig


class FavouritesConfig(AppConfig):
    name = "forms_config.favourites"
    label = "favourites"
    verbose_name = "Favoris"

    def ready(self) -> None:
        from dcc.contracts.capabilities import ScheduledJob
        from dcc.contracts.events import FormPublished
        from dcc.contracts.registry import current
        from forms_config.api import add_gate_check
        from forms_config.favourites.breaking import check_form, form_published

        add_gate_check("favourites.broken", check_form)
        current().subscribe(FormPublished, form_published, key="favourites.broken")
        # A list may change without any form being published.
        current().add(ScheduledJob, "favourites.broken", ScheduledJob("favourites.broken", _look_again, timedelta(days=1)))


def _look_again() -> None:
    from forms_config.favourites.breaking import look_again

    look_again()
