"""What happens to a printed page before it is read: turned, out of focus, photographed askew, in the dark. Synthetic, seeded."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from dcc.contracts.pdfium import opened

DPI = 300
Damage = Callable[[Image.Image, Random], Image.Image]


def scanned(pdf: bytes) -> Image.Image:
    """The upper third of page 1, in grey, at 300 dpi: where the identity is, and what one photographs."""
    with opened(pdf) as document:
        page: Image.Image = document[0].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    return page.crop((0, 0, page.width, page.height // 3))


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """The same after a compression."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def noisy(image: Image.Image, sigma: float) -> Image.Image:
    """Grains of a sensor. Their places come from the library, which takes no seed; their strength is what is measured."""
    return ImageChops.add(image, Image.effect_noise(image.size, sigma), scale=1, offset=-128)


def askew(image: Image.Image, random: Random, most: float) -> Image.Image:
    """Seen from a side: each corner moves by at most a share ``most`` of the picture."""
    width, height = image.size
    corners = [(0, 0), (0, height), (width, height), (width, 0)]
    moved = [
        (x + random.uniform(0, most) * width * (1 if x else -1), y + random.uniform(0, most) * height * (1 if y else -1))
        for x, y in corners
    ]
    quad = tuple(n for corner in moved for n in corner)
    return image.transform(image.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=215)


def shaded(image: Image.Image, random: Random, light: float) -> Image.Image:
    """Little light, and less of it on one side."""
    ramp = Image.linear_gradient("L").rotate(random.choice((0, 90, 180, 270))).resize(image.size)
    ramp = ramp.point([round(150 + value * 0.4) for value in range(256)])
    return ImageEnhance.Brightness(ImageChops.multiply(image, ramp)).enhance(light)


def turned(image: Image.Image, degrees: float) -> Image.Image:
    """Turned on the glass of the scanner."""
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def struck(image: Image.Image, random: Random) -> Image.Image:
    """A hair across the code and specks of toner all over."""
    spoilt = image.copy()
    draw = ImageDraw.Draw(spoilt)
    x = random.randrange(image.width * 3 // 4, image.width)
    draw.line((x, 0, x + random.randrange(-200, 200), image.height), fill=60, width=2)
    for _ in range(400):
        x, y = random.randrange(image.width), random.randrange(image.height)
        draw.ellipse((x, y, x + 3, y + 3), fill=random.choice((0, 255)))
    return spoilt


def photographed(image: Image.Image, random: Random) -> Image.Image:
    """All of it, a little: held by hand before a telephone in a corridor."""
    seen = askew(turned(image, random.uniform(-12, 12)), random, 0.04)
    seen = shaded(seen.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 1.3))), random, 0.8)
    return jpeg(noisy(seen, 12), 70)


DAMAGES: Mapping[str, Damage] = {
    "telle quelle": lambda image, random: image,
    "tournée de -45 à 45 degrés": lambda image, random: turned(image, random.uniform(-45, 45)),
    "d'un quart ou d'un demi-tour": lambda image, random: turned(image, random.choice((90, 180, 270))),
    "floue (1 à 2,5 points)": lambda image, random: image.filter(ImageFilter.GaussianBlur(random.uniform(1, 2.5))),
    "en perspective (jusqu'à 8 %)": lambda image, random: askew(image, random, 0.08),
    "bruitée (écart 20 à 40)": lambda image, random: noisy(image, random.uniform(20, 40)),
    "JPEG (qualité 10 à 40)": lambda image, random: jpeg(image, random.randrange(10, 41)),
    "peu éclairée (un quart à un tiers)": lambda image, random: shaded(image, random, random.uniform(0.25, 0.35)),
    "à 150 points par pouce": lambda image, random: image.reduce(2),
    "tachée, un cheveu en travers": struck,
    "photographiée (tout à la fois)": photographed,
}
"""By what it is called on the page of proofs."""
