"""What a bundle holds, as data, and as files: :func:`write` and :func:`read` are inverse."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from forms_config.blocks import api as blocks
from forms_config.bundle import archive, keys, readable
from forms_config.bundle.errors import BundleRefused
from forms_config.schema.canonical import sha256_of

FORMAT = 1
KEY_LIMIT = 60
Json = dict[str, Any]
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_FORM_FACTS = ("key", "title", "document_type", "volet", "volet_version", "sha256", "content")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who signed a bundle: the name it gives itself, and its public key, which alone is proof."""

    name: str
    key: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key."""
        return keys.fingerprint(self.key)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A form and all it needs.

    ``form`` says what it is: key, title, document type, volet, ``sha256`` of its published schema, ``content`` the same less the
    pinned versions of lists. ``former`` are the contents it had before. ``draft`` names its blocks by reference. ``national`` are
    the versions of the lists that every platform has; ``lists`` those of the region, in full. ``text`` is the region's text 1.
    """

    form: Json
    draft: Json
    former: tuple[str, ...] = ()
    blocks: Mapping[str, Json] = field(default_factory=dict)
    national: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Json] = field(default_factory=dict)
    text: str = ""
    favourites: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """A bundle that was read: who signed it, for whom, and the hash of what it brings, in which no date nor version counts."""

    bundle: Bundle
    publisher: Publisher
    product: str
    content: str


def write(bundle: Bundle, *, region: str, product: str) -> bytes:
    """The bundle as a file signed by this platform; the same content gives the same bytes."""
    parts = {name: readable.dump(data) for name, data in _parts(bundle).items()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(parts.items())}
    facts = {"form": bundle.form, "former": list(bundle.former), "national_lists": dict(sorted(bundle.national.items()))}
    public = keys.public_text(keys.our_key())
    manifest = readable.dump(
        {
            "format": FORMAT,
            "product": product,
            "publisher": {"name": region, "key": public, "fingerprint": keys.fingerprint(public)},
            "content": _content(facts, digests),
            **facts,
            "parts": digests,
        }
    )
    return archive.pack({**parts, archive.MANIFEST: manifest, archive.SIGNATURE: keys.sign(manifest)})


def _content(facts: Json, digests: Mapping[str, str]) -> str:
    return sha256_of({"form": facts["form"], "national_lists": facts["national_lists"], "parts": dict(digests)})


def _parts(bundle: Bundle) -> dict[str, Any]:
    parts: dict[str, Any] = {archive.FORM: bundle.draft}
    parts |= {f"blocs/{reference}.yaml": content for reference, content in bundle.blocks.items()}
    parts |= {f"listes/{name}.yaml": data for name, data in bundle.lists.items()}
    if bundle.text:
        parts["textes/texte-1.yaml"] = {"number": 1, "scope": "region", "body": bundle.text}
    if bundle.favourites:
        parts["favoris.yaml"] = list(bundle.favourites)
    return parts


def read(content: bytes) -> Signed:
    """A received file, once its signature and its hashes hold; raises :class:`BundleRefused`.

    Whether its publisher is to be trusted is another question; so is whether what it brings fits here.
    """
    members = archive.unpack(content)
    if missing := {archive.MANIFEST, archive.SIGNATURE, archive.FORM} - members.keys():
        raise BundleRefused(_("Le paquet est incomplet : « %(name)s » manque") % {"name": sorted(missing)[0]})
    manifest = _manifest(members)
    parts = {name: data for name, data in members.items() if name not in (archive.MANIFEST, archive.SIGNATURE)}
    _check_parts(manifest["parts"], parts)
    facts = {name: manifest[name] for name in ("form", "former", "national_lists")}
    if manifest["content"] != _content(facts, manifest["parts"]):
        raise BundleRefused(_("L'empreinte du contenu n'est pas celle que le paquet annonce"))
    bundle = Bundle(
        form=facts["form"],
        draft=_mapping(readable.load(parts.pop(archive.FORM), archive.FORM), archive.FORM),
        former=tuple(facts["former"]),
        national=facts["national_lists"],
        **_loaded({name: readable.load(data, name) for name, data in parts.items()}),
    )
    _check_references(bundle)
    return Signed(
        bundle, Publisher(manifest["publisher"]["name"], manifest["publisher"]["key"]), manifest["product"], manifest["content"]
    )


def _manifest(members: Mapping[str, bytes]) -> Json:
    """The manifest, its shape and its signature checked."""
    manifest = _mapping(readable.load(members[archive.MANIFEST], archive.MANIFEST), archive.MANIFEST)
    if manifest.get("format") != FORMAT:
        raise BundleRefused(_("Ce paquet est d'un format que cette version de la plateforme ne lit pas"))
    if wrong := [name for name, fits in _SHAPES.items() if not fits(manifest.get(name))]:
        raise BundleRefused(_("« %(name)s » : %(part)s est absent ou mal formé") % {"name": archive.MANIFEST, "part": wrong[0]})
    publisher = manifest["publisher"]
    if not keys.is_signed(members[archive.MANIFEST], members[archive.SIGNATURE], publisher["key"]):
        raise BundleRefused(_("La signature du paquet est fausse : il a été modifié, ne pas l'importer"))
    if publisher["fingerprint"] != keys.fingerprint(publisher["key"]):
        raise BundleRefused(_("L'empreinte annoncée n'est pas celle de la clé du paquet : ne pas l'importer"))
    return manifest


def _texts(data: Any, *names: str) -> bool:
    return (
        isinstance(data, dict) and set(data) == set(names) and all(isinstance(v, str) and 0 < len(v) < 300 for v in data.values())
    )


def _facts(data: Any) -> bool:
    """What a form is, its hashes as hashes and its key no longer than keys are."""
    if not _texts(data, *_FORM_FACTS) or len(data["key"]) > KEY_LIMIT:
        return False
    return all(_DIGEST.match(data[name]) for name in ("sha256", "content"))


def _names(data: Any) -> bool:
    return isinstance(data, dict) and all(isinstance(part, str) for pair in data.items() for part in pair)


_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "product": lambda data: isinstance(data, str),
    "publisher": lambda data: _texts(data, "name", "key", "fingerprint"),
    "content": lambda data: isinstance(data, str),
    "form": _facts,
    "former": lambda data: isinstance(data, list) and all(isinstance(item, str) for item in data),
    "national_lists": _names,
    "parts": _names,
}


def _check_parts(announced: Mapping[str, str], parts: Mapping[str, bytes]) -> None:
    if different := sorted(announced.keys() ^ parts.keys()):
        raise BundleRefused(_("« %(name)s » est annoncé ou présent, mais pas les deux") % {"name": different[0]})
    for name, content in parts.items():
        if hashlib.sha256(content).hexdigest() != announced[name]:
            raise BundleRefused(_("« %(name)s » a été modifié après la signature : ne pas importer ce paquet") % {"name": name})


def _loaded(parts: Mapping[str, Any]) -> Json:
    """The parts beside the form, by field of :class:`Bundle`."""
    text = parts.get("textes/texte-1.yaml", {"body": ""})
    favourites = parts.get("favoris.yaml", [])
    if not isinstance(text, dict) or not isinstance(text.get("body"), str):
        raise BundleRefused(_("« %(name)s » est illisible") % {"name": "textes/texte-1.yaml"})
    if not isinstance(favourites, list) or not all(isinstance(item, dict) for item in favourites):
        raise BundleRefused(_("« %(name)s » est illisible") % {"name": "favoris.yaml"})
    return {
        "blocks": {_stem(name): _mapping(data, name) for name, data in parts.items() if name.startswith("blocs/")},
        "lists": {_stem(name): _mapping(data, name) for name, data in parts.items() if name.startswith("listes/")},
        "text": text["body"],
        "favourites": tuple(favourites),
    }


def _stem(name: str) -> str:
    return name.partition("/")[2].removesuffix(".yaml")


def _mapping(data: Any, name: str) -> Json:
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise BundleRefused(_("« %(name)s » est illisible") % {"name": name})
    return data


def _check_references(bundle: Bundle) -> None:
    """The bundle holds the blocks that its form shows, and no other."""
    try:
        shown = {str(reference) for reference in blocks.references(bundle.draft)}
    except (KeyError, ValueError, TypeError) as error:
        raise BundleRefused(_("« %(name)s » : %(error)s") % {"name": archive.FORM, "error": error}) from None
    if different := sorted(shown ^ bundle.blocks.keys()):
        raise BundleRefused(_("Le bloc %(name)s manque, ou n'est montré par aucune rubrique") % {"name": different[0]})
