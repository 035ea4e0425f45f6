"""The pages that a person sees at the stand-in: « choisir un professionnel », and the session that the browser keeps there."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any

import requests

from plugins.sandbox.psc.provider import Rejected
from plugins.sandbox.psc.server import BASE, Handler

COOKIE = "bac_a_sable_psc"
NEVER_SENT_BACK = ("invalid_client", "invalid_redirect_uri")
_STYLE = """body{font:16px/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1b2430;background:#f3f5f8}
main{background:#fff;border:1px solid #ccd4de;border-radius:8px;padding:1.5rem}h1{font-size:1.3rem;margin-top:0}
ul{list-style:none;padding:0}li{margin:.5rem 0}button{width:100%;text-align:left;padding:.7rem 1rem;border:1px solid #6b7a90;
border-radius:6px;background:#fff;font:inherit;cursor:pointer}button:hover,button:focus{background:#e8eef6}small{color:#4a5566}
.mark{display:inline-block;background:#fff3d6;border:1px solid #b98300;border-radius:4px;padding:0 .5rem}"""


class PageHandler(Handler):
    """The whole stand-in; ``browsers`` are the sessions of browsers: cookie to (sid, person)."""

    browsers: dict[str, tuple[str, str]]

    def pages(self, fields: dict[str, str]) -> Mapping[str, Callable[[], None]]:
        """What a browser sees, by path."""
        return {
            "/": self.session_page,
            "/fin": lambda: self.end(fields),
            f"{BASE}/auth": lambda: self.authorization(fields),
            f"{BASE}/logout": lambda: self.log_out(fields),
        }

    # Authorisation ------------------------------------------------------------------------------------------------------------
    def authorization(self, fields: dict[str, str]) -> None:
        """GET: who are you? POST: the answer, sent back to the client."""
        asked = {name: value for name, value in fields.items() if name != "person"}
        try:
            self.provider.check_authorization(asked)
        except Rejected as rejected:
            if rejected.error in NEVER_SENT_BACK:
                return self.page("Demande refusée", f"<p>{escape(str(rejected))}</p>", 400)
            return self.go(self.provider.back(asked, error=rejected.error, error_description=rejected.words))
        if self.command == "GET":
            return self.page("Choisir un professionnel", self._choice(asked))
        if fields.get("person") not in self.provider.people:
            return self.go(self.provider.back(asked, error="access_denied"))
        key, (sid, person) = secrets.token_urlsafe(16), (self.browser() or ("", ""))
        if person != fields["person"]:
            sid = secrets.token_urlsafe(16)
        self.browsers[key] = (sid, fields["person"])
        back = self.provider.choose(asked, fields["person"], sid=sid)
        return self.go(back, cookie=f"{COOKIE}={key}; Path=/; HttpOnly; SameSite=Lax")

    def _choice(self, asked: Mapping[str, str]) -> str:
        hidden = "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in asked.items())
        people = sorted(self.provider.people, key=lambda p: p != (self.browser() or ("", ""))[1])
        rows = "".join(f'<li><button name="person" value="{p}">{self._words(p)}</button></li>' for p in people)
        refuse = '<li><button name="person" value="">Renoncer</button></li>'
        return f'<form method="post">{hidden}<ul>{rows}{refuse}</ul></form>'

    def _words(self, identifier: str) -> str:
        person = self.provider.people[identifier]
        rows = person["SubjectRefPro"]["exercices"]
        places = [place["raisonSocialeSite"] for row in rows for place in row["activities"]]
        where = " ; ".join(places) or "aucune activité"
        name = f"{person['given_name']} {person['family_name']}"
        return f"<strong>{escape(name)}</strong> <small>{identifier} – {escape(where)}</small>"

    # The session of the browser --------------------------------------------------------------------------------
    def browser(self) -> tuple[str, str] | None:
        """The session of this browser: its sid and its person."""
        with suppress(CookieError):
            morsel = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
            return self.browsers.get(morsel.value) if morsel else None
        return None

    def session_page(self) -> None:
        """Whose session it is, with the way to end it: the clients are then told by the back channel."""
        known = self.browser()
        if known is None:
            return self.page("Aucune session", "<p>Personne n'est connecté dans ce navigateur.</p>")
        body = f'<p>{self._words(known[1])}</p><form method="post" action="fin"><button>Se déconnecter partout</button></form>'
        return self.page("Session ouverte", body)

    def end(self, fields: dict[str, str]) -> None:
        """End the session of the browser, and tell the client."""
        known = self.browser()
        if known is not None and self.command == "POST":
            self._forget(known[0])
            self._tell(known[0])
        self.page("Session fermée", "<p>Les services ouverts par cette session sont prévenus.</p>")

    def log_out(self, fields: dict[str, str]) -> None:
        """A client sends somebody who leaves."""
        known = self.browser()
        back = self.provider.end_session(fields)
        if known is not None:
            self._forget(known[0])
        return self.go(back) if back else self.page("Session fermée", "<p>Vous êtes déconnecté.</p>")

    def _forget(self, sid: str) -> None:
        self.provider.forget(sid)
        for key in [key for key, kept in self.browsers.items() if kept[0] == sid]:
            del self.browsers[key]

    def _tell(self, sid: str) -> None:
        address = self.provider.client.back_channel_uri
        if not address:
            return
        with suppress(requests.RequestException):  # the client is away: nothing to do about it
            requests.post(address, data={"logout_token": self.provider.logout_token(sid=sid)}, timeout=5)

    # Answers ------------------------------------------------------------------------------------------------------------------
    def page(self, title: str, body: str, status: int = 200) -> None:
        """A page."""
        text = (
            f'<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><style>{_STYLE}</style><main><p class=mark>Bac à sable : simulateur de Pro Santé "
            f"Connect, identités fictives</p><h1>{escape(title)}</h1>{body}</main></html>"
        )
        self.answer(status, text.encode(), kind="text/html; charset=utf-8")

    def go(self, address: str, *, cookie: str = "") -> None:
        """Send elsewhere."""
        headers: dict[str, Any] = {"Location": address} | ({"Set_Cookie": cookie} if cookie else {})
        self.answer(303, b"", **headers)
