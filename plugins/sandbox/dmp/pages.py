"""The pages of the stand-in, on a port of their own: phones that a demand waits on, records as they are seen on both sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit
from zoneinfo import ZoneInfo

from plugins.sandbox.dmp import views
from plugins.sandbox.dmp.people import Patient
from plugins.sandbox.dmp.service import Service
from plugins.sandbox.dmp.views import Seen

LIMIT = 65_536
STATES = ("VALIDE", "NON_EXISTE", "EXPIRE", "INTERDIT")
_STYLE = """body{font:16px/1.5 sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;color:#1b2430;background:#f3f5f8}
main{background:#fff;border:1px solid #ccd4de;border-radius:8px;padding:1.5rem}h1{font-size:1.4rem;margin-top:0}
h2{font-size:1.1rem}ul{list-style:none;padding:0}li{margin:.5rem 0}small,.quiet{color:#4a5566}
button,select{padding:.4rem .8rem;border:1px solid #6b7a90;border-radius:6px;background:#fff;font:inherit;cursor:pointer}
button:hover,button:focus{background:#e8eef6}.mark{display:inline-block;background:#fff3d6;border:1px solid #b98300;
border-radius:4px;padding:0 .5rem}.sides{display:grid;grid-template-columns:1fr 1fr;gap:1.5rem}
.card{border:1px solid #ccd4de;border-left:4px solid #2f6f9f;border-radius:6px;padding:.6rem .9rem;margin:.6rem 0}
.card strong{display:block}.hidden{border-left-color:#b98300;background:#fffaf0}form{display:inline}
table{border-collapse:collapse;width:100%;font-size:.9rem}td,th{border-bottom:1px solid #dde3ea;
padding:.3rem .5rem;text-align:left}
.digits{font-size:2rem;letter-spacing:.3rem}@media (max-width:50rem){.sides{grid-template-columns:1fr}}"""


class PageHandler(BaseHTTPRequestHandler):
    """One request; ``service`` is set on the class that the server makes of it."""

    service: Service
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """A page."""
        parts = urlsplit(self.path)
        self.show(parts.path, dict(parse_qsl(parts.query)))

    def do_POST(self) -> None:
        """A gesture."""
        length = min(int(self.headers.get("Content-Length") or 0), LIMIT)
        fields = dict(parse_qsl(self.rfile.read(length).decode("utf-8", "replace")))
        gestures: Mapping[str, Callable[[dict[str, str]], str]] = {
            "/telephone": self.answer_phone,
            "/autorisation": self.authorise,
        }
        gesture = gestures.get(self.path)
        if gesture is None:
            return self.page("Page inconnue", "<p>Cette page n'existe pas.</p>", 404)
        self.send_response(303)
        self.send_header("Location", gesture(fields))
        self.end_headers()
        return None

    def show(self, path: str, fields: dict[str, str]) -> None:
        """One of the pages."""
        pages: Mapping[str, Callable[[dict[str, str]], None]] = {
            "/": self.home,
            "/dossier": self.record,
            "/document": self.document,
        }
        shown = pages.get(path)
        if shown is None:
            return self.page("Page inconnue", "<p>Cette page n'existe pas.</p>", 404)
        try:
            return shown(fields)
        except (StopIteration, KeyError):
            return self.page("Dossier inconnu", '<p>Aucun dossier de ce numéro.</p><p><a href="/">Tous les dossiers</a></p>', 404)

    # Gestures -----------------------------------------------------------------------------------------------------------------
    def answer_phone(self, fields: dict[str, str]) -> str:
        """Confirm or refuse on a phone."""
        demand = self.service.proxy.demands.get(fields.get("demande", ""))
        if demand is not None:
            demand.answer(fields.get("reponse") == "oui")
        return "/"

    def authorise(self, fields: dict[str, str]) -> str:
        """What the patient says in Mon espace santé: any professional, or one."""
        patient = self.service.patient(fields["ins"])
        if fields.get("etat") in STATES:
            self.service.store.authorise(patient.cx, fields.get("ps") or "*", fields["etat"])
        return f"/dossier?ins={quote(patient.ins)}&ps={quote(fields.get('ps', ''))}"

    # Pages --------------------------------------------------------------------------------------------------------------------
    def home(self, fields: dict[str, str]) -> None:
        """Demands that wait on phones, and all records."""
        waiting = "".join(
            f'<li class="card"><span class="digits">{escape(each.digits)}</span> {escape(self._name(each.professional))}'
            f'<form method="post" action="/telephone"><input type="hidden" name="demande" value="{each.id}"> '
            f'<button name="reponse" value="oui">Confirmer</button> '
            f'<button name="reponse" value="non">Refuser</button></form></li>'
            for each in list(self.service.proxy.demands.values())
        )
        phones = f"<ul>{waiting}</ul>" if waiting else '<p class="quiet">Aucune demande en attente.</p>'
        rows = "".join(self._row(patient) for patient in self.service.known.patients.values())
        body = (
            f"<h2>Téléphones e-CPS</h2>{phones}<h2>Dossiers</h2><table><thead><tr><th>Patient</th><th>INS</th><th>DMP</th>"
            f"<th>Vus par le patient</th><th>Déposés</th></tr></thead><tbody>{rows}</tbody></table>"
        )
        self.page("DMP et Mon espace santé", body)

    def record(self, fields: dict[str, str]) -> None:
        """A record, side by side."""
        patient = self.service.patient(fields.get("ins", ""))
        authors = self._authors(patient)
        who = fields.get("ps") or next((each for each in authors if self.service.known.knows(each)), "810000000001")
        store = self.service.store
        left = self._cards(views.of_patient(store, patient.cx), "Aucun document visible.")
        if patient.is_minor:
            family = self._cards(views.of_representatives(store, patient.cx), "Aucun document visible.")
            left += f"<h2>Ce que voient ses représentants légaux</h2>{family}"
        right = self._cards(views.of_professional(store, patient.cx, who), "Aucun document.")
        links = "".join(
            f'<li><a href="/dossier?ins={quote(patient.ins)}&amp;ps={quote(each)}">{escape(self._name(each))}</a></li>'
            for each in authors
        )
        state = self.service.authorisation(patient, who)
        may = state == "VALIDE"
        sees = f"Ce que {'voit' if may else 'verrait'} {self._name(who)}{'' if may else ', si le patient l’y autorisait'}"
        buttons = "".join(f'<button name="etat" value="{each}">{each}</button> ' for each in STATES)
        body = (
            f"<p>{escape(patient.given)} {escape(patient.name)}, INS {patient.ins}, DMP {_words(patient)}</p>"
            f'<div class="sides"><section><h2>Ce que voit le patient aujourd\'hui</h2>{left}</section>'
            f"<section><h2>{escape(sees)}</h2>{right}</section></div>"
            f"<h2>Autorisation de consultation : {escape(state)}</h2>"
            f'<form method="post" action="/autorisation"><input type="hidden" name="ins" value="{patient.ins}">'
            f'<input type="hidden" name="ps" value="{escape(who)}">{buttons}</form>'
            f"<h2>Autres professionnels</h2><ul>{links}</ul><h2>Registre</h2>{self._registry(patient)}"
            f'<p><a href="/">Tous les dossiers</a></p>'
        )
        self.page("Dossier", body)

    def document(self, fields: dict[str, str]) -> None:
        """The bytes of a document, as text."""
        content = self.service.store.content(fields["id"])
        if content is None:
            raise KeyError(fields["id"])
        self.reply(200, content, "text/plain; charset=utf-8")

    def _row(self, patient: Patient) -> str:
        seen, held = views.of_patient(self.service.store, patient.cx), self.service.store.of_patient(patient.cx)
        link = f'<a href="/dossier?ins={quote(patient.ins)}">{escape(patient.given)} {escape(patient.name)}</a>'
        return f"<tr><td>{link}</td><td>{patient.ins}</td><td>{_words(patient)}</td><td>{len(seen)}</td><td>{len(held)}</td></tr>"

    def _cards(self, seen: Sequence[Seen], otherwise: str) -> str:
        cards = "".join(
            f'<article class="card{" hidden" if each.marks else ""}"><strong>{escape(each.title)}</strong>'
            f"{escape(each.type_label)}<br><small>{_when(each.created)}, {escape(' ; '.join(each.authors))}</small> "
            f"{_marks(each)}"
            f'<br><a href="/document?id={quote(each.unique_id)}">{escape(each.unique_id)}</a></article>'
            for each in seen
        )
        return cards or f'<p class="quiet">{otherwise}</p>'

    def _registry(self, patient: Patient) -> str:
        rows = "".join(
            f"<tr><td>{escape(each.title)}</td><td>{escape(each.unique_id)}</td><td>{each.version}</td><td>{escape(each.status)}</td>"
            f"<td>{_marks(each)}</td></tr>"
            for each in views.history(self.service.store, patient.cx)
        )
        head = "<th>Titre</th><th>uniqueId</th><th>Version</th><th>Statut</th><th>Visibilité</th>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _authors(self, patient: Patient) -> Sequence[str]:
        held = self.service.store.of_patient(patient.cx)
        return sorted({person for each in held for person in each.entry().signers()})

    def _name(self, professional: str) -> str:
        return f"{self.service.known.professionals.get(professional, 'Professionnel')} ({professional})"

    # Answers ------------------------------------------------------------------------------------------------------------------
    def page(self, title: str, body: str, status: int = 200) -> None:
        """A page; that of the phones looks again by itself."""
        again = '<meta http-equiv="refresh" content="3">' if self.path == "/" else ""
        text = (
            f'<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">{again}'
            f"<title>{escape(title)}</title><style>{_STYLE}</style><main>"
            f'<p class="mark">Bac à sable : simulateur du DMP, identités fictives</p>'
            f"<h1>{escape(title)}</h1>{body}</main></html>"
        )
        self.reply(status, text.encode(), "text/html; charset=utf-8")

    def reply(self, status: int, content: bytes, kind: str) -> None:
        """Answer."""
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "X-Content-Type-Options": "nosniff",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: addresses hold identities."""


def serve_pages(service: Service, port: int) -> ThreadingHTTPServer:
    """The pages of a service on loopback, not running yet."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("BoundPages", (PageHandler,), {"service": service}))
    server.daemon_threads = True
    return server


def _words(patient: Patient) -> str:
    return {"active": "ouvert", "closed": "fermé", "none": "absent"}[patient.state]


def _marks(seen: Seen) -> str:
    return " ".join(f'<span class="mark">{escape(words)}</span>' for words in seen.marks)


def _when(digits: str) -> str:
    if len(digits) < len("AAAAMMJJHHMM"):
        return escape(digits)
    at = datetime.strptime(digits[:12], "%Y%m%d%H%M").replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris"))
    return f"{at:%d/%m/%Y à %H:%M}"
