"""The process that opens pictures and PDF files of strangers and looks for Data Matrix codes; it may die, or be killed.

Run alone by :mod:`plugins.ins.datamatrix.decoding`: it imports nothing of ours and no Django. Arguments: ``image`` or ``pdf``,
then ``quick`` for a frame of a camera. The file comes by the standard input; each thing known goes out at once as a line of JSON:
``{"page": 1, "hex": "4953…", "by": "zxing-cpp"}``, ``{"problem": code}``, ``{"pages": n, "read": n}``.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, ImageSequence

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "MPO")
MOST_PIXELS = 50_000_000
"""What the cameras of telephones make; one byte each in grey. More is refused before anything is decoded."""
MOST_PAGES = 10
DPI = (200, 300)
WORK_PIXELS = 12_000_000
"""Beyond this a picture is halved before the slower ways are tried: an A4 page at 300 dpi has 8.7 million."""
MEMORY, SECONDS = 2_000_000_000, 20
LIBDMTX_MS, LIBDMTX_PAGES = 2500, 2

_MATRIX = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
_BINARIZERS = (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram)
Pictures = Sequence[tuple[int, Image.Image]]


class Problem(Exception):
    """Why the file cannot be read; the word is translated by the parent."""


def say(**facts: Any) -> None:
    """Tell the parent, at once."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def image_pages(content: bytes) -> Pictures:
    """The frames of a picture, upright, in grey, on white; raises :class:`Problem`."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            return list(enumerate(frames_of(image), 1))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Problem("too_many_pixels") from None
    except Problem:
        raise
    except Exception:  # noqa: BLE001  (Pillow raises anything on hostile bytes: OSError, SyntaxError, struct.error…)
        raise Problem("damaged") from None


def frames_of(image: Image.Image) -> Sequence[Image.Image]:
    """The pages of a TIFF, the one picture of anything else."""
    several = image.format == "TIFF"
    count = getattr(image, "n_frames", 1) if several else 1
    frames = []
    for frame in ImageSequence.Iterator(image):
        if frame.width * frame.height > MOST_PIXELS:
            raise Problem("too_many_pixels")
        frame.draft("L", frame.size)
        frames.append(grey(frame))
        if len(frames) == (MOST_PAGES if several else 1):
            break
    say(pages=count, read=len(frames))
    return frames


def grey(frame: Image.Image) -> Image.Image:
    """One frame as grey levels; what is transparent is white paper."""
    upright = ImageOps.exif_transpose(frame)
    if "A" in upright.getbands() or "transparency" in upright.info:
        layers = upright.convert("RGBA")
        paper = Image.new("RGBA", layers.size, "white")
        return Image.alpha_composite(paper, layers).convert("L")
    return upright.convert("L")


def pdf_pages(content: bytes, dpi: int) -> Pictures:
    """The first pages of a PDF as pictures in grey; raises :class:`Problem`."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Problem("password" if "password" in str(error).lower() else "damaged") from None
    pages = []
    try:
        count = len(document)
        for index in range(min(count, MOST_PAGES)):
            page = document[index]
            width, height = page.get_size()
            scale = min(dpi / 72, (WORK_PIXELS / max(width * height, 1)) ** 0.5)
            pages.append((index + 1, page.render(scale=scale, grayscale=True).to_pil().convert("L")))
            page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        raise Problem("damaged") from None
    finally:
        document.close()
    if dpi == DPI[0]:
        say(pages=count, read=len(pages))
    return pages


def zxing(image: Image.Image, binarizer: Any) -> list[bytes]:
    """Every Data Matrix that zxing-cpp sees."""
    return [bytes(code.bytes) for code in zxingcpp.read_barcodes(image, formats=_MATRIX, binarizer=binarizer)]


def libdmtx(image: Image.Image, shrink: int) -> list[bytes]:
    """Every Data Matrix that libdmtx sees, within its time."""
    from pylibdmtx.pylibdmtx import decode

    return [bytes(code.data) for code in decode(image, timeout=LIBDMTX_MS, max_count=3, shrink=shrink)]


def clearer(image: Image.Image) -> Iterator[Image.Image]:
    """The picture cleaned in the ways that bring codes back: noise, blur, low light, too small, too large."""
    if image.width * image.height > WORK_PIXELS:
        image = image.reduce(2)
        yield image
    strong = ImageOps.autocontrast(image, cutoff=1)
    yield strong
    yield strong.filter(ImageFilter.GaussianBlur(1.2))
    yield strong.filter(ImageFilter.MedianFilter(3))
    yield strong.reduce(2)
    yield strong.filter(ImageFilter.UnsharpMask(4, 250, 0))
    if image.width * image.height <= WORK_PIXELS // 4:
        yield strong.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)


def told(number: int, codes: Sequence[bytes], by: str) -> bool:
    """Tell what a page says; whether an INS is among it."""
    for content in codes:
        say(page=number, hex=content.hex(), by=by)
    return any(content.startswith(b"IS") for content in codes)


def look(pages: Pictures, binarizers: Sequence[Any] = _BINARIZERS) -> bool:
    """Read every page in each way, always: a second code must not be missed because the first one was seen."""
    found = [told(number, zxing(image, way), "zxing-cpp") for way in binarizers for number, image in pages]
    return any(found)


def look_harder(pages: Pictures) -> bool:
    """Cleaned pictures by zxing-cpp, then libdmtx, until a code of an INS is found."""
    return any(clean_read(number, image) for number, image in pages) or any(
        told(number, libdmtx(image, shrink), "libdmtx") for number, image in pages[:LIBDMTX_PAGES] for shrink in (2, 1)
    )


def clean_read(number: int, image: Image.Image) -> bool:
    """Read one page cleaned in each way, until a code of an INS is found."""
    return any(told(number, zxing(cleaned, way), "zxing-cpp") for cleaned in clearer(image) for way in _BINARIZERS)


def run(kind: str, content: bytes, *, quick: bool) -> None:
    """Look until something is found or every way is tried."""
    if kind == "image":
        pages = image_pages(content)
        if not look(pages, _BINARIZERS[: 1 if quick else 2]) and not quick:
            look_harder(pages)
        return
    for dpi in DPI:
        pages = pdf_pages(content, dpi)
        if look(pages):
            return
    look_harder(pages[:LIBDMTX_PAGES])


def bound() -> None:
    """No more memory, time or files than reading a picture takes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read the file of the standard input."""
    bound()
    try:
        run(sys.argv[1], sys.stdin.buffer.read(), quick="quick" in sys.argv[2:])
    except Problem as problem:
        say(problem=str(problem))
    except MemoryError:
        say(problem="too_many_pixels")


if __name__ == "__main__":
    main()
