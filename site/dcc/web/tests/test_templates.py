"""Rules of every template and stylesheet: strict CSP, French typography, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

THEMES = settings.BASE_DIR / "themes"
TEMPLATES = sorted((THEMES / "templates").rglob("*.html"))
STYLES = sorted((THEMES / "static" / "css").glob("*.css"))
SCRIPTS = sorted((THEMES / "static" / "js").rglob("*.js"))

_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->|<(script|style)\b.*?</\1>", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>", re.DOTALL)
_MESSAGE = re.compile(r'{%\s*translate\s+(["\'])(.*?)\1|{%\s*blocktranslate.*?%}(.*?){%\s*endblocktranslate', re.DOTALL)
_BAD_SPACE = re.compile(r"(?<=[\w»)%\"])[ ](?=[:;!?»](?:\s|$|<))|«[ ]")


def relative(path: Path) -> str:
    """A short name for the report."""
    return str(path.relative_to(THEMES))


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on", text), (
        "refusé par la politique de contenu"
    )
    for attributes, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "src=" in attributes or "application/json" in attributes
        assert "application/json" in attributes or not body.strip()


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLES, *SCRIPTS], ids=relative)
def test_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "").replace("http://lesdonnees.e-cancer.fr", "")
    assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_french_typography(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    messages = [m[1] or m[2] for m in _MESSAGE.findall(text)]
    written = _MARKUP.sub(" ", _TAG.sub("", text)) if "<body" in text and "{% translate" not in text else ""
    for message in [*messages, written]:
        plain = re.sub(r"{{.*?}}|{%.*?%}|<[^>]*>", "X", message)
        assert not _BAD_SPACE.search(plain), f"espace insécable attendue dans « {message} »"
        assert "'" not in plain, f"apostrophe courbe attendue dans « {message} »"


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_every_word_goes_through_gettext(path: Path) -> None:
    """What is written in a template is a message; only the page of last resort, rendered without anything, is plain."""
    if path.name == "500.html":
        return
    text = re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"{% block body_class %}.*?{% endblock %}", "", text)
    words = re.findall(r"[A-Za-zÀ-ÿ]{2,}", _MARKUP.sub(" ", _TAG.sub(" ", text)))
    keys = set(re.findall(r"<kbd>(.*?)</kbd>", text)) | {"OncoDCC", "nbsp"}
    assert not [word for word in words if word not in " ".join(keys)]


def test_colours_are_tokens() -> None:
    for path in STYLES:
        if path.name in ("tokens.css", "print.css"):
            continue
        assert not re.search(r"#[0-9a-fA-F]{3,6}\b", path.read_text(encoding="utf-8")), path.name


def test_every_token_used_exists() -> None:
    known = set(re.findall(r"(--[a-z0-9-]+):", (THEMES / "static/css/tokens.css").read_text(encoding="utf-8"))) | {"--head"}
    for path in STYLES:
        used = set(re.findall(r"var\((--[a-z0-9-]+)", path.read_text(encoding="utf-8")))
        assert used <= known, path.name


def test_every_icon_used_exists() -> None:
    known = set(re.findall(r'<symbol id="([a-z-]+)"', (THEMES / "static/icons.svg").read_text(encoding="utf-8")))
    sources = [*TEMPLATES, *(settings.BASE_DIR / "site/dcc/web").rglob("*.py")]
    for path in sources:
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r'{% icon "([a-z-]+)"', text)) | set(re.findall(r'Sign\(_\([^)]*\), "([a-z-]+)"', text))
        assert used <= known, f"{path}: {used - known}"
