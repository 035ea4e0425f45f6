"""``manage.py datamatrix``: write the datamatrix of a qualified identity, read the one of a picture, a PDF or a typed text."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.datamatrix import DatamatrixError, decode_payload, encode_payload, read_fields
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.contracts.untrusted import read_file_at, why
from plugins.ins.datamatrix.decoding import MOST_BYTES
from plugins.ins.datamatrix.drawing import DRAWINGS
from plugins.ins.datamatrix.reading import Read, check, read_file, read_text
from plugins.ins.datamatrix.words import facts_of

WRITE = """Écrit le datamatrix d'une identité qualifiée, avec la mention « INS à scanner » et l'identité en clair à côté (une
autre identité n'a pas de datamatrix, EXI ID 29 : la commande ne sait pas le statut, qui la lance en répond)."""
READ = "Lit le datamatrix INS d'une image ou d'un PDF ; « - » lit sur l'entrée le texte qu'un lecteur a tapé."


class Command(BaseCommand):
    """Two verbs; what cannot be written or read is said in French and ends with code 1."""

    help = "Écrit et lit des datamatrix INS"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        write = verbs.add_parser("write", help=WRITE, description=WRITE)
        write.add_argument("matricule", metavar="MATRICULE", help="15 caractères, clé comprise")
        write.add_argument("oid", metavar="OID", help="autorité, par exemple 1.2.250.1.213.1.4.8")
        write.add_argument("birth_name", metavar="NOM", help="nom de naissance, en capitales")
        write.add_argument("given_names", metavar="PRÉNOMS", help="tous les prénoms de naissance, entre guillemets")
        write.add_argument("sex", metavar="SEXE", choices=["M", "F"])
        write.add_argument("birth_date", metavar="DATE", help="AAAA-MM-JJ ou JJ/MM/AAAA")
        write.add_argument("birth_place_code", metavar="LIEU", nargs="?", default="", help="code officiel géographique")
        write.add_argument("-o", "--output", type=Path, required=True, help="fichier .svg, .png ou .pdf")
        read = verbs.add_parser("read", help=READ, description=READ)
        read.add_argument("path", metavar="IMAGE_OU_PDF", type=Path)
        read.add_argument("--json", action="store_true", help="les champs, le texte lu et le décodeur, pour un programme")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            (self._write if options["verb"] == "write" else self._read)(options)
        except Refused as refusal:
            raise CommandError(refusal.reason) from None
        except DatamatrixError as error:
            raise CommandError(f"{error}.") from None
        except OSError as error:
            raise CommandError(f"{options.get('output') or options.get('path')} : {why(error)}.") from None

    def _write(self, options: dict[str, Any]) -> None:
        output: Path = options["output"]
        draw = DRAWINGS.get(output.suffix.lower())
        if draw is None:
            raise CommandError(f"{output} : fichier .svg, .png ou .pdf attendu.")
        names = options["given_names"]
        traits = IdentityTraits(
            birth_name=options["birth_name"],
            first_given_name=names.split(" ")[0],
            given_names=names,
            sex=options["sex"],
            birth_date=_iso(options["birth_date"]),
            birth_place_code=options["birth_place_code"],
        )
        payload = encode_payload(InstanceId(options["oid"], options["matricule"].replace(" ", "").upper()), traits)
        datamatrix = decode_payload(payload)
        check(datamatrix)
        output.write_bytes(draw(payload, datamatrix))
        self.stdout.write(f"{output} : {payload!r}")

    def _read(self, options: dict[str, Any]) -> None:
        path: Path = options["path"]
        found = read_text(input()) if str(path) == "-" else read_file(read_file_at(path, MOST_BYTES))
        problem = _problem(found)
        if options["json"]:
            self.stdout.write(json.dumps(_facts(found, problem), ensure_ascii=False, indent=1))
        else:
            lines = [*facts_of(found.datamatrix), ("Lu par", found.by), *(("À savoir", remark) for remark in found.remarks)]
            self.stdout.write("\n".join(f"{term} : {value}" for term, value in lines))
        if problem:
            raise CommandError(problem)


def _iso(text: str) -> str:
    day, _, rest = text.replace("-", "/").partition("/")
    month, _, year = rest.partition("/")
    return f"{year}-{month}-{day}" if len(year) == 4 else text


def _problem(found: Read) -> str:
    try:
        check(found.datamatrix)
    except Refused as refusal:
        return refusal.reason
    return ""


def _facts(found: Read, problem: str) -> dict[str, Any]:
    return {
        "payload": found.payload,
        "fields": dict(read_fields(found.payload)),
        "decoder": found.by,
        "page": found.page,
        "remarks": list(found.remarks),
        "problem": problem,
    }
