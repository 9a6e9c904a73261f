"""Message catalogues, for developers: collect, update, compile, and check that nothing is left in English."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import click
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from academy.commands import REFUSED, Commands
from academy.config import PROJECT
from academy.locale import CATALOGUES, LANGUAGES

TEMPLATE = CATALOGUES / "messages.pot"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)\d*[sdf]")

METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]
OPTIONS = {"**/templates/**": {"trimmed": "true", "encoding": "utf-8"}}

i18n = Commands("i18n", help="Message catalogues (for developers).")


@i18n.command("extract")
def extract() -> None:
    """Collect messages into translations/messages.pot."""
    TEMPLATE.write_bytes(_written(collected()))


@i18n.command("update")
def update() -> None:
    """Collect messages and bring new ones into the catalogues of all languages."""
    template = collected()
    TEMPLATE.write_bytes(_written(template))
    for path in _catalogues():
        catalogue = _read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path.write_bytes(_written(catalogue))


@i18n.command("compile")
def compile_catalogues() -> None:
    """Compile the catalogues."""
    for path in _catalogues():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, _read(path))


@i18n.command("check")
def check() -> int:
    """Name messages that are missing, fuzzy or lose a placeholder; exit 1 where there is one."""
    faults = list(faults_of_all())
    for fault in faults:
        click.echo(fault)
    return REFUSED if faults else 0


def collected() -> Catalog:
    """Return all messages of the source, with the files they come from."""
    catalogue = Catalog(project="academy", charset="utf-8")
    source = str(PROJECT / "academy")
    found = extract_from_dir(source, METHODS, OPTIONS, KEYWORDS, ["i18n:"], strip_comment_tags=True)
    for file, _line, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(f"academy/{file}", 0)], auto_comments=comments, context=context)
    return catalogue


def faults_of_all() -> Iterator[str]:
    """Yield every fault of the template and of the catalogues."""
    template = collected()
    if not TEMPLATE.exists() or _ids(_read(TEMPLATE)) != _ids(template):
        yield "translations/messages.pot is stale: run `academy i18n update`"
    for path in _catalogues():
        catalogue = _read(path)
        for message in template:
            if message.id:
                yield from (
                    f"{path.parts[-3]}: {fault}" for fault in _faults(message, catalogue.get(message.id))
                )


def _faults(source: Message, translated: Message | None) -> Iterator[str]:
    place = f"{source.locations[0][0]}: {source.id!r}"
    texts = (
        []
        if translated is None
        else [translated.string]
        if isinstance(translated.string, str)
        else translated.string
    )
    if not texts or not all(texts):
        yield f"not translated: {place}"
    elif translated is not None and translated.fuzzy:
        yield f"fuzzy: {place}"
    else:
        wanted = set(PLACEHOLDER.findall(source.id if isinstance(source.id, str) else source.id[1]))
        if any(
            set(PLACEHOLDER.findall(text)) - wanted or wanted - set(PLACEHOLDER.findall(texts[-1]))
            for text in texts
        ):
            yield f"placeholders differ: {place}"


def _catalogues() -> list[Path]:
    translated = [language for language in LANGUAGES if language != "en"]
    return [CATALOGUES / language / "LC_MESSAGES" / "messages.po" for language in translated]


def _ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


def _read(path: Path) -> Catalog:
    language = path.parts[-3] if path != TEMPLATE else None
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _written(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    catalogue.fuzzy = False  # tools leave out a catalogue whose head is marked so
    write_po(
        buffer,
        catalogue,
        width=110,
        omit_header=catalogue.locale is None,
        include_lineno=False,
        sort_by_file=True,
    )
    return buffer.getvalue()


groups: tuple[click.Command, ...] = (i18n,)
