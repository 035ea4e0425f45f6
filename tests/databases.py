"""Which tests are run on the second database (PostgreSQL) too: those of which it decides something (decision 0237).

A test that touches the database gets the mark ``database``, unless its subject is the same whatever database carries its rows:
``CARRIED`` names these by the beginning of their path. Of the stories in a browser one is told on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_serialized_rollback"}
CARRIED: Mapping[str, str] = {
    "plugins/cda/tests/test_conformity": "content of a CDA",
    "plugins/cda/tests/test_pps_conformity": "content of a CDA",
    "plugins/pdf/": "content of a PDF",
    "plugins/reprise/tests/test_conversions.py": "tables from a question of a document to one of its PPS, by the lists that ship",
    "plugins/sandbox/tests/test_scenes": "scenes made by the services of the rooms",
    "site/dcc/exchange/proof/": "documents rendered and compared to prove a form",
    "site/dcc/cms/tests/test_gate.py": "what the proof of a form says, and where",
    "site/dcc/web/tests/test_access.py": "statuses by person, decided by the tables of rights; other tests open the same pages",
    "tests/doors/test_import_doors.py": "what an import refuses in an XML",
    "tests/doors/test_official_samples.py": "content of a CDA and a PDF",
    "tests/doors/test_pps_copy.py": "content of a CDA and a PDF",
    "tests/gate/": "generated forms, compiled and rendered",
    "tests/permissions/test_addresses.py": "statuses by person, as above",
    "tests/permissions/test_admin_addresses.py": "statuses by person, as above",
}
"""Beginning of the path of tests -> what they are about."""
STORY = "tests/journeys/test_frcp.py"
"""The story in a browser that is told on PostgreSQL too."""


def touches_database(item: pytest.Item) -> bool:
    """Whether a test has the database at all."""
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def is_carried(item: pytest.Item) -> bool:
    """Whether PostgreSQL decides nothing in a test. The full figures (mark ``prove``) are always worth it."""
    if item.get_closest_marker("prove"):
        return False
    if item.get_closest_marker("browser"):
        return not item.nodeid.startswith(STORY)
    return item.nodeid.startswith(tuple(CARRIED))


def mark(item: pytest.Item) -> None:
    """Give a test its mark."""
    if touches_database(item) and not is_carried(item):
        item.add_marker(pytest.mark.database)
