"""A stage for deposits: documents whose CDA is a header, a DMP in memory that is as strict about order, and who is connected."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from dcc.contracts.capabilities import Renderer
from dcc.contracts.errors import Refused, RetryLater
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, HeaderActor, InstanceId
from dcc.contracts.xds import DocumentEntry, Submission
from dcc.events import api as events
from dcc.exchange.transmissions.tests.stage import PlainRenderer, Stage
from plugins.dmp.apps import DmpSettings
from plugins.dmp.deposits.registering import offer
from plugins.dmp.deposits.transport import Services
from plugins.dmp.deposits.visibility import PATIENT
from plugins.dmp.transactions.types import Authorisation, Caller, Dmp, Existence, FoundEntry

SETTINGS = DmpSettings(proxy="https://proxy.test", client_id="dcc", certificate="c.pem", source_id="1.2.250.1.213.1.4.999.1")
_KINDS = {
    "frcp": ("1.2.250.1.213.1.1.1.8", "34794-8", "CR de réunion de concertation pluridisciplinaire"),
    "pps": ("1.2.250.1.213.1.1.1.26", "18776-5", "Plan personnalisé de soins"),
}
_SETTING = (
    '<standardIndustryClassCode code="ETABLISSEMENT" codeSystem="1.2.250.1.213.1.1.4.9" displayName="Etablissement de santé"/>'
)
_CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="{template}"/>
<id root="{id}"/><code code="{code}" codeSystem="2.16.840.1.113883.6.1" displayName="{label}"/>
<title>{title}</title><effectiveTime value="{at}"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="Normal"/><languageCode code="fr-FR"/>
<setId root="{set_id}"/><versionNumber value="{version}"/>
<recordTarget><patientRole><id extension="{ins}" root="{oid}"/><id extension="77" root="1.2.250.1.999.1"/><patient><name>
<family qualifier="BR">{family}</family><given>{given}</given><given qualifier="BR">{given}</given></name>
<administrativeGenderCode code="{sex}"/><birthTime value="{born}"/></patient></patientRole></recordTarget>
{authors}
<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.250.1.71.4.2.2" extension="1490000031"/>
</representedCustodianOrganization></assignedCustodian></custodian>
{responsible}
<documentationOf><serviceEvent><effectiveTime><low value="{at}"/></effectiveTime><performer typeCode="PRF"><assignedEntity>
<id nullFlavor="NA"/><representedOrganization>{setting}</representedOrganization></assignedEntity></performer></serviceEvent>
</documentationOf>{related}<componentOf><encompassingEncounter><effectiveTime><low value="{at}"/></effectiveTime><location>
<healthCareFacility><code code="SA01" codeSystem="1.2.250.1.71.4.2.4" displayName="Etablissement public de santé"/>
</healthCareFacility></location></encompassingEncounter></componentOf>
<component><structuredBody/></component></ClinicalDocument>
"""


_REPLACES = '<relatedDocument typeCode="RPLC"><parentDocument><id root="{}"/></parentDocument></relatedDocument>'


@dataclass(frozen=True)
class HeaderRenderer:
    """Writes a CDA of which metadata can be made, its body left empty."""

    format: str = "cda-n3"
    inputs: Sequence[str] = ()

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return True

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        unique_id = f"2.25.{uuid.uuid5(snapshot.rendition_id, 'cda').int}"
        content = cda_of(snapshot, unique_id)
        return Artifact(self.format, "text/xml", content, "d.xml", InstanceId(unique_id))


def cda_of(snapshot: DocumentSnapshot, unique_id: str) -> bytes:
    """The header of a document."""
    template, code, label = _KINDS[snapshot.document_type]
    traits, ins = snapshot.patient.traits, snapshot.patient.ins or InstanceId("1.2.250.1.213.1.4.10", "0")
    replaced = snapshot.replaces.get("cda-n3")
    related = _REPLACES.format(replaced.root) if replaced else ""
    responsible = snapshot.legal_authenticator
    return _CDA.format(
        template=template,
        id=unique_id,
        code=code,
        label=label,
        title=snapshot.title,
        at=f"{snapshot.effective_time:%Y%m%d%H%M%S%z}",
        set_id=snapshot.set_id.root,
        version=snapshot.version_number,
        ins=ins.extension,
        oid=ins.root,
        family=traits.birth_name,
        given=traits.first_given_name,
        sex=traits.sex,
        born=traits.birth_date.replace("-", ""),
        authors="".join(f"<author>{_actor(actor, 'assignedAuthor')}</author>" for actor in snapshot.authors),
        responsible=f"<legalAuthenticator>{_actor(responsible, 'assignedEntity')}</legalAuthenticator>" if responsible else "",
        setting=_SETTING,
        related=related,
    ).encode()


def _actor(actor: HeaderActor, tag: str) -> str:
    who = actor.professional
    identifier = who.get("id") or {"root": "1.2.250.1.71.4.2.1", "extension": ""}
    root, extension = identifier["root"], identifier["extension"]
    return (
        f'<time value="{actor.time:%Y%m%d%H%M%S%z}"/><{tag}><id root="{root}" extension="{extension}"/><assignedPerson>'
        f"<name><family>{who.get('family', '')}</family><given>{who.get('given', '')}</given></name></assignedPerson>"
        '<representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1490000031"/><name>Centre hospitalier</name>'
        f"{_SETTING}</representedOrganization></{tag}>"
    )


@dataclass
class Held:
    """A document of the DMP in memory."""

    entry: DocumentEntry
    uuid: str
    lid: str
    ins: InstanceId
    version: int = 1
    status: str = "Approved"


@dataclass
class MemoryDmp:
    """The DMP of each patient, all alike. ``before`` and ``after`` hold errors raised in turn before or after a change is made.

    It refuses what a real one does: a uniqueId twice, a replacement of what is no longer there, and what hides again.
    """

    exists: bool = True
    active: bool = True
    authorisation: Authorisation = "NON_EXISTE"
    held: list[Held] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before: list[BaseException | None] = field(default_factory=list)
    after: list[BaseException | None] = field(default_factory=list)

    def existence(self, caller: Caller, ins: InstanceId) -> Existence:
        self.calls.append("TD0.2")
        return Existence(self.exists, self.active and self.exists, self.authorisation)

    def authorise(self, caller: Caller, ins: InstanceId, *, withdraw: bool = False) -> None:
        self.authorisation = "NON_EXISTE" if withdraw else "VALIDE"

    def submit(self, caller: Caller, ins: InstanceId, lot: Submission, documents: Mapping[str, bytes]) -> None:
        self.calls.append("TD2.1")
        self._raise(self.before)
        for entry in lot.entries:
            self._submit(caller, ins, entry, documents)
        self._raise(self.after)

    def _submit(self, caller: Caller, ins: InstanceId, entry: DocumentEntry, documents: Mapping[str, bytes]) -> None:
        people = [entry.legal_authenticator, *(author.person for author in entry.authors)]
        assert any(person.startswith(f"{caller.national_id}^") for person in people), "EX_2.1-1140"
        assert len(documents[entry.unique_id]) == entry.size
        if any(held.entry.unique_id == entry.unique_id for held in self.held):
            raise Refused("XDSDuplicateUniqueIdInRegistry", cause="dmp_duplicate")
        if entry.replaces:
            former = next(held for held in self.held if held.uuid == entry.replaces and held.status == "Approved")
            assert former.ins == ins, "it is replaced where it is"
            assert hides(former.entry) or not hides(entry), "what was visible is never hidden again"
            former.status = "Deprecated"
        key = f"urn:uuid:{uuid.uuid4()}"
        self.held.append(Held(replace(entry, replaces=""), key, key, ins))

    def reference_of(self, caller: Caller, ins: InstanceId, unique_id: str) -> str:
        self.calls.append("TD3.1b")
        return next((h.uuid for h in self._of(ins) if h.entry.unique_id == unique_id and h.status == "Approved"), "")

    def find_documents(
        self, caller: Caller, ins: InstanceId, *, types: Sequence[str], since: datetime | None = None
    ) -> Sequence[FoundEntry]:
        raise AssertionError("a deposit never searches (EX_3.1-2030)")

    def changed_documents(self, caller: Caller, ins: InstanceId, *, since: datetime) -> Sequence[FoundEntry]:
        raise AssertionError("a deposit never searches (EX_3.1-2030)")

    def describe(self, caller: Caller, ins: InstanceId, unique_ids: Sequence[str]) -> Sequence[FoundEntry]:
        self.calls.append("TD3.1a")
        assert self.authorisation == "VALIDE", "metadata are read with the patient's authorisation only"
        return [FoundEntry(h.entry, h.uuid, h.lid, h.version, h.status) for h in self._of(ins) if h.entry.unique_id in unique_ids]

    def retrieve(self, caller: Caller, ins: InstanceId, unique_ids: Sequence[str]) -> Mapping[str, bytes]:
        raise AssertionError("a deposit never reads content")

    def change_visibility(self, caller: Caller, ins: InstanceId, found: FoundEntry, entry: DocumentEntry) -> None:
        self.calls.append("TD3.3b")
        self._raise(self.before)
        assert replace(entry, confidentiality=()) == replace(found.entry, confidentiality=())
        held = next(h for h in self._of(ins) if h.lid == found.logical_id)
        if held.version != found.version:
            raise Refused("XDSMetadataVersionError", cause="dmp_version")
        held.entry, held.version, held.uuid = entry, held.version + 1, f"urn:uuid:{uuid.uuid4()}"
        self._raise(self.after)

    def change_status(self, caller: Caller, ins: InstanceId, entry_uuid: str, status: Literal["Deleted", "Archived"]) -> None:
        self.calls.append("TD3.3c" if status == "Deleted" else "TD3.3d")
        self._raise(self.before)
        next(h for h in self._of(ins) if h.uuid == entry_uuid).status = status

    def _of(self, ins: InstanceId) -> list[Held]:
        return [held for held in self.held if held.ins == ins]

    @staticmethod
    def _raise(errors: list[BaseException | None]) -> None:
        error = errors.pop(0) if errors else None
        if error is not None:
            raise error

    @staticmethod
    def codes(held: Held) -> set[str]:
        """Who does not see it."""
        return {code.code for code in held.entry.confidentiality} - {"N"}

    def seen(self, ins: InstanceId | None = None, *, by_patient: bool) -> dict[str, int]:
        """How many approved documents of each type somebody sees: the patient, or a professional whom he authorised."""
        found: dict[str, int] = {}
        for held in self._of(ins) if ins else self.held:
            if held.status == "Approved" and not (by_patient and hides(held.entry)) and held.entry.type_code:
                name = next(kind for kind, row in _KINDS.items() if row[1] == held.entry.type_code.code)
                found[name] = found.get(name, 0) + 1
        return found


def hides(entry: DocumentEntry) -> bool:
    """Whether the patient does not see it."""
    return PATIENT in {code.code for code in entry.confidentiality}


LOST = RetryLater("Réponse perdue", cause="unknown_outcome")


class DmpStage(Stage):
    """Documents become files and leave, also to a DMP; nobody is connected at first."""

    def __init__(self, settings: DmpSettings = SETTINGS, dmp: Dmp | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.memory = MemoryDmp()
        self.reached: Dmp = dmp or self.memory
        self.live: dict[str, Caller] = {}
        self.services = Services(self.reached, self._session_of, lambda: self.settings)
        offer(self.registry, self.services)

    def add_renderers(self) -> None:
        """A CDA with a header."""
        for name in ("cda-n1", "pdf-a1"):
            self.registry.add(Renderer, name, PlainRenderer(name))
        self.registry.add(Renderer, "cda-n3", HeaderRenderer())

    def _session_of(self, national_ids: Sequence[str]) -> Caller | None:
        return next((self.live[one] for one in national_ids if one in self.live), None)

    def connect(self, national_id: str) -> Caller:
        """A professional opens a session; what waited for it is due."""
        self.live[national_id] = self.caller(national_id)
        events.session_opened(kind="psc", practitioner=national_id)
        return self.live[national_id]

    def caller(self, national_id: str) -> Caller:
        """The professional in a session."""
        return Caller(national_id, "X", "Y", "10", "1490000031", "CH", "SA01", "SM36", "G15_10/SM36")

    def leave(self, national_id: str = "") -> None:
        """He, or everybody, leaves."""
        self.live = {key: caller for key, caller in self.live.items() if national_id and key != national_id}
