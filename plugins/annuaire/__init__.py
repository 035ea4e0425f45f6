"""The plugin Annuaire Santé: secure-mail boxes and professionals out of its extraction files (the API comes later)."""
