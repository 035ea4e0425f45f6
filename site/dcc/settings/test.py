"""Automated tests: fast password hashing, no network, data in a temporary folder."""

import tempfile
from pathlib import Path

from dcc.settings import base
from dcc.settings.base import *  # noqa: F403  (settings modules extend one another)

DEBUG = False
SECRET_KEY = "test-only-" + "0" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DCC_TEST_IDENTITIES = True
_POINTER = base.DATA_DIR / "kit" / "current"
if not base.KIT_DIR.is_dir() and _POINTER.is_file():  # the kit that install_kit put in service on this machine
    KIT_DIR = base.DATA_DIR / "kit" / _POINTER.read_text(encoding="utf-8").strip()
DATA_DIR = Path(tempfile.mkdtemp(prefix="oncodcc-test-"))
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
DCC_CONFORMANCE_IN_PROCESS = True
DCC_RATE_LIMIT_PERCENT = 0  # one test does in a second what a person does in an hour; those of the limits switch them on
# Nearly every test publishes the standard form; the proof of a form has tests of its own, which switch it on.
DCC_GATE_PROOF = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as in production: the server of the browser tests answers several requests at once, each on its own connection.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405
STORAGES = {
    **STORAGES,  # noqa: F405
    "artifacts": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "attachments": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "conventions": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}  # noqa: F405
