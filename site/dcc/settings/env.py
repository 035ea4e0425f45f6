"""Reads settings from the environment. A secret ``NAME`` may come from the file that ``NAME_FILE`` names."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """A plain setting."""
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """A yes/no setting: ``1``, ``true``, ``yes``, ``on``, ``oui`` mean yes."""
    value = os.environ.get(name, "")
    return value.lower() in ("1", "true", "yes", "on", "oui") if value else default


def number(name: str, default: int) -> int:
    """An integer setting; raises ``ImproperlyConfigured`` on anything else."""
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} doit être un nombre entier") from None


def words(name: str, default: str = "") -> list[str]:
    """A setting made of comma-separated words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, default: str = "") -> str:
    """A secret from ``NAME`` or from the file named by ``NAME_FILE``; both at once, or an unreadable file, is an error."""
    path = os.environ.get(f"{name}_FILE", "")
    if path and name in os.environ:
        raise ImproperlyConfigured(f"{name} et {name}_FILE sont tous deux définis")
    if not path:
        return text(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE : {error}") from error


def required_secret(name: str) -> str:
    """A secret without which the platform does not start."""
    value = secret(name)
    if not value:
        raise ImproperlyConfigured(f"{name} (ou {name}_FILE) doit être défini")
    return value


def storage(folder: Path) -> dict[str, object]:
    """Where files are kept: ``folder`` on this host, or the prefix of its name in the S3 bucket that every host shares."""
    bucket = text("DCC_S3_BUCKET")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    options = {
        "bucket_name": bucket,
        "location": folder.name,
        "endpoint_url": text("DCC_S3_ENDPOINT") or None,
        "region_name": text("DCC_S3_REGION") or None,
        "access_key": secret("DCC_S3_ACCESS_KEY") or None,
        "secret_key": secret("DCC_S3_SECRET_KEY") or None,
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": False,  # a stored document is never written again: another content gets another name
        "signature_version": "s3v4",
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def database(url: str) -> dict[str, object]:
    """Database settings from a URL; SQLite gets WAL and immediate transactions, PostgreSQL a pool of connections."""
    import dj_database_url

    config: dict[str, object] = dict(dj_database_url.parse(url, conn_max_age=60))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
    return config
