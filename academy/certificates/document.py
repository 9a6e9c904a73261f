"""The PDF of a certificate: one A4 page, the same bytes for the same facts, nothing from outside."""

import re
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
from flask import current_app
from flask_babel import force_locale
from fontTools.ttLib import woff2  # type: ignore[import-untyped]
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from academy.certificates import numbering, paving
from academy.certificates.facts import Facts, written_day
from academy.templating import STATIC

STYLE = Path(__file__).with_name("document.css")
SCHEME = "academy:"
CUTS = {"serif": {600: "serif-{}.woff2"}, "sans": {400: "sans-{}-400.woff2", 600: "sans-{}-600.woff2"}}

#: The subsets of the fonts, each with a pattern of letters that only it has.
SUBSETS = {
    "latin": re.compile(""),
    "latin-ext": re.compile("[\u0100-\u02ff\u1e00-\u1eff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "cyrillic-ext": re.compile("[\u0460-\u052f]"),
}
FONTS = {name.format(subset) for cuts in CUTS.values() for name in cuts.values() for subset in SUBSETS}

#: Up to how many letters a name or a title keeps its size: the class of the longest step that holds it.
NAME_STEPS = ((26, "large"), (44, "medium"), (70, "small"))
TITLE_STEPS = ((60, "large"), (110, "medium"), (170, "small"))


def render(facts: Facts) -> bytes:
    """Return the PDF; deterministic, and without access to the network.

    Raises OutsideFile where the document asks for anything that is not ours.
    """
    address = numbering.verification_address(facts.serial)
    files = _Files(
        {
            "band.svg": paving.band(facts.serial).encode(),
            "mark.svg": paving.mark().encode(),
            "eu.svg": (STATIC / "img" / "eu.svg").read_bytes(),
            "qr.svg": _qr(address),
        }
    )
    try:
        return _pdf(_html(facts, address), files, identifier=sha256(facts.serial.encode()).digest()[:16])
    except FatalURLFetchingError as fault:  # a BaseException, which would end the worker
        raise OutsideFile(str(fault)) from fault


def _pdf(text: str, files: "_Files", *, identifier: bytes) -> bytes:
    fonts = FontConfiguration()
    style = _font_faces(text) + STYLE.read_text("utf-8")
    sheet = CSS(string=style, base_url=SCHEME, url_fetcher=files, font_config=fonts)
    html = HTML(string=text, base_url=SCHEME, url_fetcher=files)
    return bytes(
        html.write_pdf(
            stylesheets=[sheet], font_config=fonts, pdf_identifier=identifier, pdf_variant="pdf/ua-1"
        )
    )


class OutsideFile(Exception):
    """A document asked for a file that is not ours."""


class _Files(URLFetcher):
    """Hands out our own pictures and fonts; whatever else a document asks for stops the rendering."""

    def __init__(self, pictures: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self.pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return one of our files."""
        name = url.removeprefix(SCHEME)
        if name in self.pictures:
            return URLFetcherResponse(url, self.pictures[name], {"Content-Type": "image/svg+xml"})
        if name in FONTS:
            return URLFetcherResponse(url, _font(name), {"Content-Type": "font/ttf"})
        raise FatalURLFetchingError(f"a certificate asked for {url}")


@cache
def _font(name: str) -> bytes:
    """Return a font unpacked, which takes longer than all the rest of a certificate."""
    plain = BytesIO()
    woff2.decompress(STATIC / "vendor" / "fonts" / name, plain)
    return plain.getvalue()


def _font_faces(text: str) -> str:
    """Declare the subsets that a text needs, each as a family; the chain of families does the rest."""
    return "\n".join(
        f'@font-face {{ font-family: "{family} {subset}"; font-weight: {weight}; '
        f'src: url("{SCHEME}{name.format(subset)}"); }}'
        for subset, letters in SUBSETS.items()
        if letters.search(text)
        for family, cuts in CUTS.items()
        for weight, name in cuts.items()
    )


def _html(facts: Facts, address: str) -> str:
    config = current_app.config
    with force_locale(facts.language):  # a template is compiled for the language in which it is asked for
        return current_app.jinja_env.get_template("certificates/document.html").render(
            facts=facts,
            address=address,
            shown_address=f"{urlsplit(address).netloc}{urlsplit(address).path}",
            name_size=_step(facts.name, NAME_STEPS),
            title_size=_step(facts.title, TITLE_STEPS),
            completed=written_day(facts.completed_on, facts.language),
            issued=written_day(facts.issued_on, facts.language),
            funding=config[f"FUNDING_{facts.language.upper()}"],
            disclaimer=config[f"DISCLAIMER_{facts.language.upper()}"],
        )


def _step(text: str, steps: tuple[tuple[int, str], ...]) -> str:
    return next((name for most, name in steps if len(text) <= most), "tiny")


def _qr(address: str) -> bytes:
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", border=0, dark="#18222d", xmldecl=False, svgclass=None, lineclass=None, scale=4
    )
    return picture.getvalue()
