"""``manage.py identity_table``: the decision table of identity as the page ``docs/identity-table.md``."""

from __future__ import annotations

from dcc.contracts.table_page import TablePageCommand
from dcc.patients.qualification.printing import page


class Command(TablePageCommand):
    help = "Affiche la table de décision de l'identité, ou l'écrit dans docs/identity-table.md."
    file = "identity-table.md"
    page = staticmethod(page)
