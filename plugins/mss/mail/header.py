"""What a mail says of the documents it carries: from the metadata of their CDA, the same mapping that the envelope has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dcc.contracts import xds
from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.errors import Refused

_MATRICULE = re.compile(r"[0-9]{6}[0-9AB][0-9]{8}")
_DAY = re.compile(r"[0-9]{8}")
_SECONDS = len("AAAAMMJJHHMMSS")
_PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class CdaHeader:
    """Of one document: its type, who it is about, the day of the act (``AAAAMMJJ``). Empty: the header does not say it."""

    code: str
    label: str
    matricule: str
    birth_name: str
    first_given_name: str
    birth_date: str
    sex: str
    act_date: str

    @property
    def identifies(self) -> bool:
        """Whether matricule, OID and the four traits are there (ECO.2.4.2)."""
        return all((self.matricule, self.birth_name, self.first_given_name, self.birth_date, self.sex))


def read_cda_header(cda: bytes) -> CdaHeader:
    """Read; the body, which may hold megabytes of PDF, is not. Raises ``Refused`` (cause ``not_conformant``)."""
    try:
        entry = xds.describe(cda)
    except Refused as refused:
        raise Refused(refused.reason, cause="not_conformant") from None
    name = xds.patient_field(entry, 5).split("^")
    born, sex = xds.patient_field(entry, 7), xds.patient_field(entry, 8)
    return CdaHeader(
        code=entry.type_code.code if entry.type_code else "",
        label=entry.type_code.label if entry.type_code else "",
        matricule=_matricule(entry),
        birth_name=xds.plain(name[0]).strip(),
        first_given_name=xds.plain(name[1]).strip() if len(name) > 1 else "",
        birth_date=born if _DAY.fullmatch(born) else "",
        sex=sex if sex in {"M", "F"} else "",
        act_date=_day_of(entry.service_start) or _day_of(entry.creation_time),
    )


def _matricule(entry: xds.DocumentEntry) -> str:
    found = entry.patient_id
    if found is None or found.root not in INS_NATURES:
        return ""
    extension = found.extension or ""
    return extension if _MATRICULE.fullmatch(extension) else ""


def _day_of(time: str) -> str:
    """The day in France of a time in UTC."""
    if len(time) != _SECONDS:
        return time if _DAY.fullmatch(time) else ""
    return f"{datetime.strptime(time, '%Y%m%d%H%M%S').replace(tzinfo=UTC).astimezone(_PARIS):%Y%m%d}"
