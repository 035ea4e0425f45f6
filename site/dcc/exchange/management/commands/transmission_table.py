"""``manage.py transmission_table``: figure 10 and the tables of transmissions as the page ``docs/transmission-table.md``."""

from __future__ import annotations

from dcc.contracts.table_page import TablePageCommand
from dcc.exchange.transmissions.printing import page


class Command(TablePageCommand):
    help = "Affiche la table des transmissions (figure 10), ou l'écrit dans docs/transmission-table.md."
    file = "transmission-table.md"
    page = staticmethod(page)
