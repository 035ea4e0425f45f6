"""``manage.py forms key``: the public key that others recognise this platform by; ``--new`` makes a secret for the settings."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import OutputWrapper

from forms_config.bundle import keys

HELP = "Montre la clé publique et l'empreinte de cette plateforme, à donner à celles qui importeront ses formulaires."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--new", action="store_true", help="Fabrique un secret pour DCC_BUNDLE_KEY et ne change rien.")


def run(out: OutputWrapper, *, new: bool, **_: Any) -> int:
    if new:
        out.write(keys.new_secret())
        return 0
    public = keys.public_text(keys.our_key())
    out.write(f"Clé publique : {public}")
    out.write(f"Empreinte    : {keys.grouped(keys.fingerprint(public))}")
    return 0
