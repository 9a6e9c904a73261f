"""Search with Russian and English stems: a table of postings that works the same on every database."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from threading import local
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from Stemmer import Stemmer

from academy.db import BigId, Model, OrderedText, PublicId, db

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8
CYRILLIC = re.compile(r"[а-яё]")

_own = local()


class Posting(Model):
    """One stem of one document, with its weight."""

    __tablename__ = "search_posting"
    __table_args__ = (
        sa.Index("ix_search_posting_source_stem", "source", "stem"),
        sa.Index("ix_search_posting_source_document", "source", "document"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(40))
    document: Mapped[UUID] = mapped_column(PublicId)
    stem: Mapped[str] = mapped_column(OrderedText)
    weight: Mapped[int]


def stems(text: str) -> list[str]:
    """Return the stems of a text: lower case, ё as е, Russian or English by the script of each word."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("ё", "е")
    return [_stem(word) for word in WORD.findall(folded)]


def index(source: str, document: UUID, texts: Mapping[str, int]) -> None:
    """Put a document in the index, in place of what was there; `texts` maps each text to its weight."""
    remove(source, document)
    weights: Counter[str] = Counter()
    for text, weight in texts.items():
        for stem in stems(text):
            weights[stem] += weight
    rows = [
        {"source": source, "document": document, "stem": s, "weight": w} for s, w in sorted(weights.items())
    ]
    if rows:
        db.session.execute(sa.insert(Posting), rows)


def remove(source: str, document: UUID) -> None:
    """Take a document out of the index."""
    db.session.execute(sa.delete(Posting).where(Posting.source == source, Posting.document == document))


def matching(source: str, query: str) -> sa.Subquery:
    """Return a subquery (document, score) of the documents that hold every word of the query.

    The last word also matches as the beginning of a stem, so that a half-typed word finds something.
    A query without words matches nothing.
    """
    words = list(dict.fromkeys(stems(query)))[:MOST_WORDS]
    hits = [_hits(source, word, last=position == len(words) - 1) for position, word in enumerate(words)]
    every = (
        sa.union_all(*hits).subquery()
        if hits
        else sa.select(Posting.document, sa.null().label("word"), Posting.weight).where(sa.false()).subquery()
    )
    return (
        sa.select(every.c.document, sa.func.sum(every.c.weight).label("score"))
        .group_by(every.c.document)
        .having(sa.func.count(sa.distinct(every.c.word)) == len(hits))
        .subquery()
    )


def _hits(source: str, word: str, *, last: bool) -> sa.Select[tuple[UUID, int, int]]:
    same = Posting.stem.startswith(word, autoescape=True) if last and len(word) > 2 else Posting.stem == word
    return sa.select(Posting.document, sa.literal(word).label("word"), Posting.weight).where(
        Posting.source == source, same
    )  # type: ignore[return-value]


def _stem(word: str) -> str:
    """Return the stem of a word; a stemmer keeps the word it works on, so each thread has its own."""
    language = "russian" if CYRILLIC.search(word) else "english"
    stemmer = getattr(_own, language, None)
    if stemmer is None:
        stemmer = Stemmer(language, 0)  # without a cache of its own: words repeat little
        setattr(_own, language, stemmer)
    return str(stemmer.stemWord(word))
