"""``manage.py forms export KEY --output F.zip``. Exit code 0: written, 1: refused."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from dcc.contracts.untrusted import why
from forms_config.bundle.api import export_form
from forms_config.legal.api import NoLegalText
from forms_config.queries import UnknownForm

HELP = (
    "Écrit dans un paquet signé un formulaire publié et tout ce qu'il lui faut : blocs, listes régionales, favoris, texte. "
    "Code de sortie 0 : écrit ; 1 : refusé."
)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("key", metavar="CLÉ", help="Le formulaire, dans sa version publiée.")
    parser.add_argument("--output", required=True, type=Path, metavar="FICHIER", help="Le paquet à écrire (.zip).")


def run(out: OutputWrapper, *, key: str, output: Path, **_: Any) -> int:
    try:
        content = export_form(actor=None, key=key)
        output.write_bytes(content)
    except (UnknownForm, NoLegalText) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{output} : écriture impossible ({why(error)})") from None
    out.write(f"{output} : {len(content)} octets")
    return 0
