"""Bundles that are no bundles, that were changed, or that mean harm: each is refused in French and leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from forms_config.bundle import archive, keys, readable
from forms_config.bundle.api import BundleRefused, Consent, import_bundle, read
from forms_config.bundle.tests.samples import ELSEWHERE, THERE, counts, exported, full_draft, platform, publish, resigned
from forms_config.schema.canonical import sha256_of

pytestmark = pytest.mark.django_db
Change = Callable[[bytes], bytes]


@pytest.fixture
def bundle(legal_texts: None) -> bytes:
    publish(full_draft())
    return exported()


def rebuilt(content: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """The archive with other members, its signature left as it was."""
    members = archive.unpack(content)
    change(members)
    return archive.pack(members)


def signed(content: bytes, manifest: Callable[[dict[str, Any]], Any]) -> bytes:
    """The archive with another manifest, signed by its publisher."""
    members = archive.unpack(content)
    data = readable.load(members[archive.MANIFEST], "m")
    manifest(data)
    members[archive.MANIFEST] = readable.dump(data)
    with platform(THERE):
        members[archive.SIGNATURE] = keys.sign(members[archive.MANIFEST])
    return archive.pack(members)


def zipped(*members: tuple[zipfile.ZipInfo | str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as made:
        for name, data in members:
            made.writestr(name, data)
    return output.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def with_form(content: bytes, text: str) -> bytes:
    """The form's file written by hand, and signed."""
    members = archive.unpack(content) | {archive.FORM: text.encode()}
    digest = hashlib.sha256(text.encode()).hexdigest()

    def announce(manifest: dict[str, Any]) -> None:
        manifest["parts"][archive.FORM] = digest
        facts = {name: manifest[name] for name in ("form", "national_lists", "parts")}
        manifest["content"] = sha256_of(facts)

    return signed(archive.pack(members), announce)


def block_name(content: bytes) -> str:
    return next(iter(read(content).bundle.blocks))


def without_block(content: bytes) -> bytes:
    return resigned(content, {f"blocs/{block_name(content)}.yaml": None})


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n"
BAD: dict[str, tuple[Change, str]] = {
    "nothing": (lambda _: b"", "n'est pas un paquet"),
    "text": (lambda _: b"bonjour", "n'est pas un paquet"),
    "cut": (lambda b: b[: len(b) // 2], "n'est pas un paquet"),
    "too heavy": (lambda b: b + b"x" * archive.BUNDLE_LIMIT, "dépasse 20 Mo"),
    "empty": (lambda _: zipped(), "incomplet : « formulaire.yaml » manque"),
    "way out": (lambda _: zipped(("../../etc/passwd", b"x")), "fichier inattendu, « ../../etc/passwd »"),
    "absolute": (lambda _: zipped(("/etc/passwd", b"x")), "fichier inattendu"),
    "way out of blocks": (lambda _: zipped(("blocs/../x@1.yaml", b"x")), "fichier inattendu"),
    "unknown member": (lambda b: rebuilt(b, lambda m: m.update({"lisez-moi.txt": b"x"})), "inattendu, « lisez-moi.txt »"),
    "folder": (lambda _: zipped(("blocs/", b"")), "fichier inattendu"),
    "link": (lambda _: zipped((link("formulaire.yaml"), b"/etc/passwd")), "n'est pas un fichier ordinaire"),
    "too many": (lambda _: zipped(*((f"blocs/b@{n}.yaml", b"x") for n in range(1, 250))), "plus de 200 fichiers"),
    "zip bomb": (
        lambda _: zipped(("formulaire.yaml", b"0" * 12_000_000), compression=zipfile.ZIP_DEFLATED),
        "Le contenu du paquet dépasse 40 Mo",
    ),
    "bzip2": (lambda _: zipped(("formulaire.yaml", b"x"), compression=zipfile.ZIP_BZIP2), "comprimé d'une façon inattendue"),
    "no signature": (lambda b: rebuilt(b, lambda m: m.pop(archive.SIGNATURE)), "incomplet : « signature.txt » manque"),
    "signature of nothing": (
        lambda b: rebuilt(b, lambda m: m.update({archive.SIGNATURE: b"AAAA"})),
        "signature du paquet est fausse",
    ),
    "signature cut": (
        lambda b: rebuilt(b, lambda m: m.update({archive.SIGNATURE: m[archive.SIGNATURE][:40]})),
        "signature du paquet est fausse",
    ),
    "manifest changed": (
        lambda b: rebuilt(b, lambda m: m.update({archive.MANIFEST: m[archive.MANIFEST].replace(b"sein", b"rein")})),
        "signature du paquet est fausse",
    ),
    "another key": (
        lambda b: rebuilt(b, lambda m: m.update({archive.MANIFEST: m[archive.MANIFEST].replace(*_keys())})),
        "signature du paquet est fausse",
    ),
    "another fingerprint": (
        lambda b: signed(b, lambda m: m["publisher"].update({"fingerprint": "0" * 64})),
        "L'empreinte annoncée n'est pas celle de la clé",
    ),
    "another content": (lambda b: signed(b, lambda m: m.update({"content": "0" * 64})), "L'empreinte du contenu"),
    "future format": (lambda b: signed(b, lambda m: m.update({"format": 2})), "d'un format que cette version"),
    "manifest without form": (lambda b: signed(b, lambda m: m.pop("form")), "form est absent ou mal formé"),
    "manifest with a list": (lambda b: signed(b, lambda m: m.update({"parts": []})), "parts est absent ou mal formé"),
    "form changed": (
        lambda b: rebuilt(b, lambda m: m.update({archive.FORM: m[archive.FORM].replace(b"Nature", b"Nuture")})),
        "« formulaire.yaml » a été modifié après la signature",
    ),
    "part removed": (
        lambda b: rebuilt(b, lambda m: m.pop(f"blocs/{block_name(b)}.yaml")),
        "est annoncé ou présent, mais pas les deux",
    ),
    "part added": (
        lambda b: rebuilt(b, lambda m: m.update({"blocs/bloc_intrus@1.yaml": b"title: x"})),
        "« blocs/bloc_intrus@1.yaml » est annoncé ou présent",
    ),
    "aliases": (lambda b: with_form(b, BOMB), "les renvois YAML"),
    "python objects": (lambda b: with_form(b, "a: !!python/object/apply:os.system [id]"), "les types YAML"),
    "deep": (lambda b: with_form(b, "a: " + "[" * 100 + "]" * 100), "trop grand ou trop profond"),
    "twice a key": (lambda b: with_form(b, "volet: frcp\nvolet: pps"), "« formulaire.yaml » est illisible"),
    "control characters": (lambda b: with_form(b, 'a: "x\\0y"'), "caractères de commande"),
    "no hash": (lambda b: resigned(b, {}, sha256="abc"), "form est absent ou mal formé"),
    "long key": (lambda b: resigned(b, {}, key="k" * 100), "form est absent ou mal formé"),
    "not YAML": (lambda b: with_form(b, "a: [1, 2"), "« formulaire.yaml » est illisible"),
    "a list": (lambda b: with_form(b, "- 1"), "« formulaire.yaml » est illisible"),
    "no sections": (lambda b: with_form(b, "sections: 3"), "ne sont pas une liste"),
    "block missing": (without_block, "manque, ou n'est montré par aucune rubrique"),
    "block of something else": (
        lambda b: resigned(b, {f"blocs/{block_name(b)}.yaml": {"title": "X", "questions": []}}),
        "au moins une question",
    ),
    "block changed under its number": (
        lambda b: resigned(
            b, {f"blocs/{block_name(b)}.yaml": {**read(b).bundle.blocks[block_name(b)], "title": "Autre titre"}}, by=ELSEWHERE
        ),
        "a ici un autre contenu",
    ),
    "a form that is none": (lambda b: resigned(b, {archive.FORM: {"sections": []}}), "Le bloc"),
    "unreadable question": (
        lambda b: resigned(b, {archive.FORM: {**read(b).bundle.draft, "volet": {}}}, by=ELSEWHERE),
        "Le contenu du formulaire est illisible",
    ),
    "long title": (lambda b: resigned(b, {}, title="x" * 250), "au plus 200 caractères"),
    "list out of shape": (lambda b: resigned(b, {"listes/liste-essais.yaml": {"name": "liste-essais"}}), "mal formée"),
    "list of another version": (
        lambda b: resigned(b, {"listes/liste-essais.yaml": {**read(b).bundle.lists["liste-essais"], "revision": "2026-02-01"}}),
        "n'est pas dans la version qu'elle annonce",
    ),
}


def _keys() -> tuple[bytes, bytes]:
    found = []
    for key in (THERE, ELSEWHERE):
        with platform(key):
            found.append(keys.public_text(keys.our_key()).encode())
    return found[0], found[1]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_bundle_is_refused_and_leaves_nothing(name: str, bundle: bytes) -> None:
    change, message = BAD[name]
    bad = change(bundle)
    before = counts()
    with pytest.raises(BundleRefused) as refusal:
        import_bundle(actor=None, content=bad, consent=Consent(_fingerprint(bad), replace=True, key="frcp_autre"))
    assert message in str(refusal.value)
    assert counts() == before


def _fingerprint(content: bytes) -> str:
    try:
        return read(content).publisher.fingerprint
    except BundleRefused:
        return ""


def test_a_national_list_is_never_brought(bundle: bytes) -> None:
    data = read(bundle).bundle.lists["liste-essais"]
    bad = resigned(bundle, {"listes/liste-essais.yaml": {**data, "name": "jdv-tumeur-cisis"}})
    with pytest.raises(BundleRefused, match="« jdv-tumeur-cisis » est nationale"):
        import_bundle(actor=None, content=bad, consent=Consent(_fingerprint(bad), key="frcp_autre"))


def test_a_deflated_bundle_is_the_same(bundle: bytes) -> None:
    members = archive.unpack(bundle)
    assert read(zipped(*members.items(), compression=zipfile.ZIP_DEFLATED)) == read(bundle)
