"""The fictitious hospital: its messages enter the platform with the effects that its story tells."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from dcc.accounts.models import Facility
from dcc.patients.models import Patient
from plugins.sandbox.hospital import APPLICATION, CODE
from plugins.sandbox.management.commands import sandbox_hospital


def test_the_story(facility: Facility, settings: Settings, tmp_path: Path) -> None:
    settings.DCC_DEMO = True
    Facility.objects.filter(pk=facility.pk).update(identifier_oid="1.2.3.4")
    call_command("hl7", "sender", APPLICATION, CODE, finess=facility.finess, authorities=CODE, stdout=StringIO())
    call_command(sandbox_hospital.Command(), write=tmp_path)
    answers = StringIO()
    call_command("hl7", "send", *[str(path) for path in sorted(tmp_path.iterdir())], stdout=answers)
    codes = [line.split("|")[1] for line in answers.getvalue().splitlines() if line.startswith("MSA")]
    assert codes == ["AA", "AA", "AA", "AA", "AA", "AA", "AA", "AE", "AA"]
    assert sorted(Patient.objects.values_list("birth_name", flat=True)) == ["D'AUBIGNE", "PAT-TROIS", "ROUSSEL"]
    assert Patient.objects.get(birth_name="ROUSSEL").birth_date == "1948-06-12"


def test_only_for_the_demonstration() -> None:
    with pytest.raises(CommandError, match="démonstration"):
        call_command(sandbox_hospital.Command())
