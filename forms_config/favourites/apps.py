from django.apps import AppConfig


class FavouritesConfig(AppConfig):
    name = "forms_config.favourites"
    label = "favourites"
    verbose_name = "Favoris"
