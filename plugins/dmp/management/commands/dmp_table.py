"""``manage.py dmp_table``: the tables of deposits as the page ``docs/dmp-table.md``."""

from __future__ import annotations

from dcc.contracts.table_page import TablePageCommand
from plugins.dmp.deposits.printing import page


class Command(TablePageCommand):
    help = "Affiche les tables des dépôts au DMP, ou les écrit dans docs/dmp-table.md."
    file = "dmp-table.md"
    page = staticmethod(page)
