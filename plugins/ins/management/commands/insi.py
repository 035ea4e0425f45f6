"""``manage.py insi search``: ask INSi from a shell; ``insi answers`` and ``insi answer NUMBER``: what came back, as it came."""

from __future__ import annotations

import argparse
import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.contracts.errors import ContractError, DeliveryError, RetryLater
from dcc.contracts.identity import IdentityQuery, IdentityVerdict
from dcc.contracts.snapshots import IdentityTraits
from plugins.ins.apps import InsiSettings
from plugins.ins.insi import keeping
from plugins.ins.insi.capability import in_force
from plugins.ins.insi.reading import active_matricule
from plugins.ins.insi.verifier import InsiVerifier
from plugins.ins.models import InsiAnswer

_GIVEN_HERE = {"endpoint": "endpoint", "cert": "certificate", "key": "certificate_key", "ca": "authorities", "idam": "idam"}
"""Options that stand for a setting."""
LABELS = {"00": "identité trouvée", "01": "aucune identité trouvée", "02": "plusieurs identités trouvées"}


class Command(BaseCommand):
    help = "Interroge INSi et montre ce qu'il a répondu. Codes : 0 trouvé, 1 pas d'identité, 2 refusé, 3 à refaire."
    requires_system_checks = ()  # what is wrong with a certificate is what the command is there to find out

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        search = verbs.add_parser("search", help="chercher une identité par ses traits")
        search.add_argument("--name", required=True, help="nom de naissance")
        search.add_argument("--given", required=True, help="prénoms de naissance, dans l'ordre, séparés par des espaces")
        search.add_argument("--first", default="", help="premier prénom, s'il n'est pas le premier mot de la liste")
        search.add_argument("--sex", required=True, choices=["M", "F"])
        search.add_argument("--date", required=True, help="date de naissance, AAAA-MM-JJ")
        search.add_argument(
            "--place", default="", help="code COG du lieu de naissance ; demandé si plusieurs identités répondent"
        )
        search.add_argument("--automatic", action="store_true", help="présenter le certificat INSI-AUTO")
        search.add_argument("--again", action="store_true", help="demander même si une réponse récente est conservée")
        for option in _GIVEN_HERE:
            search.add_argument(f"--{option}", default="", help=f"au lieu du réglage « {_GIVEN_HERE[option]} »")
        search.add_argument("--json", action="store_true")
        answers = verbs.add_parser("answers", help="dernières réponses conservées, sans identité")
        answers.add_argument("--limit", type=int, default=20)
        one = verbs.add_parser("answer", help="une réponse, telle qu'elle est venue")
        one.add_argument("number", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        verbs = {"search": self.search, "answers": self.list_answers, "answer": self.show_answer}
        verbs[options["verb"]](options)

    def search(self, options: dict[str, Any]) -> None:
        """Ask, say, and tell the code by the exit status."""
        given = " ".join(options["given"].split())
        first = options["first"] or given.partition(" ")[0]
        traits = IdentityTraits(options["name"], first, given, options["sex"], options["date"], options["place"])
        query = IdentityQuery(traits, automatic=options["automatic"], again=options["again"])
        settings = _settings(options)
        with transaction.atomic():
            audit.record(actor=None, action="insi.searched", subject="insi:search", via="shell")
        try:
            verdict = InsiVerifier(lambda: settings).verify(query)
        except DeliveryError as error:
            self.say_failure(error, as_json=options["json"])
        else:
            self.say(verdict, as_json=options["json"])

    def say_failure(self, error: DeliveryError, *, as_json: bool) -> None:
        """Why there is no answer."""
        kind = {"RetryLater": "a_refaire", "Refused": "refuse", "NotConfigured": "non_configure"}.get(type(error).__name__, "")
        if as_json:
            self.stdout.write(json.dumps({"erreur": kind, "raison": error.reason}, ensure_ascii=False))
            raise SystemExit(3 if isinstance(error, RetryLater) else 2)
        raise CommandError(error.reason, returncode=3 if isinstance(error, RetryLater) else 2)

    def say(self, verdict: IdentityVerdict, *, as_json: bool) -> None:
        """The return, in words or in JSON."""
        if as_json:
            self.stdout.write(json.dumps(_as_json(verdict), ensure_ascii=False, indent=2))
        else:
            for line in _in_words(verdict):
                self.stdout.write(line)
        if verdict.code != "00":
            raise SystemExit(1)

    def list_answers(self, options: dict[str, Any]) -> None:
        """The last ones: when, what, how it went."""
        for row in InsiAnswer.objects.order_by("-answered_at")[: options["limit"]]:
            outcome = keeping.Outcome(row.outcome).label
            self.stdout.write(f"{row.answered_at:%Y-%m-%d %H:%M:%S} {row.pk} {row.operation} {outcome} {row.code}".rstrip())

    def show_answer(self, options: dict[str, Any]) -> None:
        """One of them; the reading is in the journal."""
        row = InsiAnswer.objects.filter(pk=options["number"]).first()
        if row is None:
            raise CommandError("Aucune réponse d'INSi sous ce numéro")
        with transaction.atomic():
            audit.record(actor=None, action="insi.answer_read", subject=f"insi:{row.pk}", via="shell")
        try:
            content = keeping.content_of(row)
        except accounts.Unreadable as error:
            raise CommandError(str(error)) from None
        if row.outcome == keeping.Outcome.MALFORMED and (found := active_matricule(content)):
            self.stderr.write(f"Réponse refusée. Matricule actif qu'elle porte : {found[0]} ({found[1]})")
        self.stdout.write(content.decode("utf-8", "replace"))


def _settings(options: dict[str, Any]) -> InsiSettings:
    """The settings of the platform, with what the options say instead. Raises ``CommandError``."""
    held = in_force()
    known = {name: getattr(held, name) for name in InsiSettings.__dataclass_fields__}
    said = {setting: options[option] for option, setting in _GIVEN_HERE.items() if options[option]}
    if "certificate" in said:
        said = {"certificate_key": "", **said, "automatic_certificate": "", "automatic_key": ""}
    try:
        return InsiSettings.from_mapping({**known, **said})
    except ContractError as error:
        raise CommandError(str(error)) from None


def _as_json(verdict: IdentityVerdict) -> dict[str, Any]:
    found: dict[str, Any] = {"code": verdict.code, "libelle": LABELS[verdict.code], "reponse": str(verdict.answer_id)}
    if verdict.traits is None or verdict.ins is None:
        return found
    traits = verdict.traits
    return {
        **found,
        "matricule": verdict.ins.extension,
        "oid": verdict.ins.root,
        "nom_naissance": traits.birth_name,
        "premier_prenom": traits.first_given_name,
        "prenoms": traits.given_names,
        "sexe": traits.sex,
        "date_naissance": traits.birth_date,
        "lieu_naissance": traits.birth_place_code,
        "anciens": [{"matricule": h.ins.extension, "oid": h.ins.root, "debut": h.begins, "fin": h.ends} for h in verdict.former],
        "remarques": list(verdict.remarks),
    }


def _in_words(verdict: IdentityVerdict) -> list[str]:
    found = _as_json(verdict)
    lines = [f"{found.pop('code')} : {found.pop('libelle')} (réponse {found.pop('reponse')})"]
    former, remarks = found.pop("anciens", []), found.pop("remarques", [])
    lines += [f"  {name.replace('_', ' ')} : {value}" for name, value in found.items()]
    lines += [f"  ancien matricule : {h['matricule']} ({h['oid']}) {h['debut']} {h['fin']}".rstrip() for h in former]
    return lines + [f"  remarque : {words}" for words in remarks]
