"""The same document for Apache FOP (Debian ``fop``): XSL-FO made from the content that our own pages are made of.

It has less to do than we: no datamatrix, no reading back, no hyphenation, no page-break finesse.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from plugins.pdf.blocks import Block, Cards, Field, Pairs, People, Prose, Table
from plugins.pdf.content import Content
from plugins.pdf.people import Person

CONFIGURATION = """<fop version="1.0"><renderers><renderer mime="application/pdf"><fonts>
<directory>/usr/share/fonts/truetype/liberation2</directory><directory>/usr/share/fonts/truetype/dejavu</directory>
</fonts></renderer></renderers></fop>"""
_ROW = 'border-bottom="0.3pt solid #b9c2cb" padding="0.5mm 2mm 0.5mm 0mm"'
_PAGE = """<fo:root xmlns:fo="http://www.w3.org/1999/XSL/Format" font-family="Liberation Sans, DejaVu Sans" font-size="9pt"
 line-height="1.32" xml:lang="fr"><fo:layout-master-set><fo:simple-page-master master-name="a4" page-width="210mm"
 page-height="297mm" margin="10mm 15mm 8mm"><fo:region-body margin="10mm 0mm 9mm"/><fo:region-before extent="8mm"/>
<fo:region-after extent="6mm"/></fo:simple-page-master></fo:layout-master-set><fo:page-sequence master-reference="a4">
<fo:static-content flow-name="xsl-region-before"><fo:block font-size="8pt" border-bottom="0.6pt solid #000">{line}</fo:block>
</fo:static-content><fo:static-content flow-name="xsl-region-after"><fo:block font-size="7pt">{footer} page <fo:page-number/> /
<fo:page-number-citation ref-id="end"/></fo:block></fo:static-content><fo:flow flow-name="xsl-region-body">{body}
<fo:block id="end"/></fo:flow></fo:page-sequence></fo:root>"""


def missing() -> str:
    """What lacks to run FOP here, empty when nothing does."""
    return "" if shutil.which("fop") else "paquet Debian fop"


def run_fop(folder: Path) -> Path:
    """One JVM turns ``document.fo`` of a folder into a PDF/A-1b."""
    target = folder / "fop.pdf"
    command = [
        "fop",
        "-c",
        str(folder / "fop.xml"),
        "-fo",
        str(folder / "document.fo"),
        "-pdfprofile",
        "PDF/A-1b",
        "-pdf",
        str(target),
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    return target


def write_source(content: Content, folder: Path) -> None:
    """``document.fo`` and FOP's settings."""
    (folder / "fop.xml").write_text(CONFIGURATION, encoding="utf-8")
    line, footer = escape(content.identity.line), escape(content.footer)
    (folder / "document.fo").write_text(_PAGE.format(line=line, footer=footer, body="".join(_body(content))), encoding="utf-8")


def _body(content: Content) -> Iterator[str]:
    yield _pairs([(field,) for field in (*content.identity.strong, *content.identity.fields)])
    yield _block(content.title, 'font-size="15pt" font-weight="bold" space-before="4mm"')
    yield _block(f"{content.status_line} {content.dates}", "")
    for section in content.sections:
        yield _heading(section.title)
        yield from map(_rendered, section.blocks)
    for title, persons in (("Entourage du patient", content.contacts), ("Auteurs et validation", content.authors)):
        yield _heading(title)
        yield _people(persons)
    yield _heading(content.legal_title)
    for paragraph in content.legal:
        yield _block("".join(text for text, _ in paragraph.pieces), 'space-after="1.2mm" font-size="8.5pt"')


def _heading(title: str) -> str:
    style = 'font-size="10.5pt" font-weight="bold" color="#0b3d66" border-bottom="0.8pt solid #0b3d66" space-before="4mm"'
    return _block(title, f'{style} keep-with-next.within-page="always"')


def _block(text: str, attributes: str) -> str:
    return f"<fo:block {attributes} linefeed-treatment='preserve'>{escape(text)}</fo:block>"


def _rendered(block: Block) -> str:
    if isinstance(block, Pairs):
        return _pairs(block.rows)
    if isinstance(block, Prose):
        return _block(block.label, 'font-size="8pt"') + _block(block.text, 'space-after="1mm"')
    if isinstance(block, People):
        return _people(block.persons)
    if isinstance(block, Table):
        return _block(block.label, 'font-weight="bold"') + _table(block)
    assert isinstance(block, Cards)
    return "".join(
        f'<fo:block border-left="1.6pt solid #8a97a3" padding-left="3mm" space-after="2mm">{_block(card.title, "")}'
        f"{''.join(map(_rendered, card.blocks))}</fo:block>"
        for card in block.cards
    )


def _pairs(rows: Sequence[Sequence[Field]]) -> str:
    lines = []
    for row in rows:
        span = ' number-columns-spanned="3"' if len(row) == 1 else ""
        lines.append("".join(_cell(field.label, 'font-size="8pt"') + _cell(field.text, "", span) for field in row))
    return _grid(("36mm", "54mm", "36mm", "54mm"), lines)


def _people(persons: Sequence[Person]) -> str:
    lines = [_cell(p.role, 'font-size="8pt"') + _cell(f"{p.name} {', '.join(p.details)} {p.comment}", "") for p in persons]
    return _grid(("36mm", "144mm"), lines)


def _table(table: Table) -> str:
    head = "".join(_cell(column.label, 'font-weight="bold"') for column in table.columns)
    lines = ["".join(_cell(field.text, "") for field in row) for row in table.rows]
    return _grid([f"{column.width}%" for column in table.columns], lines, head)


def _cell(text: str, attributes: str, span: str = "") -> str:
    return f"<fo:table-cell {_ROW}{span}>{_block(text, attributes)}</fo:table-cell>"


def _grid(widths: Sequence[str], lines: Sequence[str], head: str = "") -> str:
    columns = "".join(f'<fo:table-column column-width="{width}"/>' for width in widths)
    header = f"<fo:table-header><fo:table-row>{head}</fo:table-row></fo:table-header>" if head else ""
    rows = "".join(f'<fo:table-row keep-together.within-page="always">{line}</fo:table-row>' for line in lines)
    return f'<fo:table table-layout="fixed" width="100%">{columns}{header}<fo:table-body>{rows}</fo:table-body></fo:table>'
