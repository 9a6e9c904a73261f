"""Tables of people, their roles and scope, states and organisations."""

import unicodedata
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from academy import clock
from academy.db import BigId, Model, OrderedText, PublicId, Translated, UtcDateTime, new_public_id
from academy.locale import language


class Role(StrEnum):
    """What a person may do; everybody who registers is a learner."""

    LEARNER = "learner"
    TRAINER = "trainer"
    EDITOR = "editor"
    COORDINATOR = "coordinator"
    SECRETARIAT = "secretariat"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


class State(Model):
    """A participating state; staff may edit it. `footnote` marks Kosovo*."""

    __tablename__ = "state"
    __table_args__ = (
        sa.CheckConstraint("status IN ('active', 'suspended', 'former')", name="status_is_known"),
    )

    code: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(Translated)
    region: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[str] = mapped_column(sa.String(10), default="active")
    since: Mapped[date | None]
    until: Mapped[date | None]
    footnote: Mapped[bool] = mapped_column(default=False)
    time_zone: Mapped[str] = mapped_column(sa.Text, default="Europe/Prague")


class Organisation(Model):
    """A ministry, service or unit; `path` is `/1/5/12/`, the ids from the root to itself."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    state_code: Mapped[str | None] = mapped_column(sa.ForeignKey("state.code"), index=True)
    name: Mapped[dict[str, str]] = mapped_column(Translated)
    path: Mapped[str] = mapped_column(OrderedText, default="", index=True)
    mail_domain: Mapped[str | None] = mapped_column(sa.Text, unique=True)

    parent: Mapped["Organisation | None"] = relationship(remote_side=[id])


#: Few wait for a decision on where they serve, and every page of staff counts them (`scope.waiting_filter`).
_WAITING = sa.text(
    "state_code IS NOT NULL AND state_confirmed IS NULL"
    " OR organisation_id IS NOT NULL AND organisation_confirmed IS NULL"
)


class Person(UserMixin, Model):
    """A person with an account."""

    __tablename__ = "person"
    __table_args__ = (
        sa.Index("ix_person_sort_latin_id", "sort_latin", "id"),
        sa.Index("ix_person_sort_cyrillic_id", "sort_cyrillic", "id"),
        sa.Index("ix_person_state_code_erased", "state_code", "erased"),
        sa.Index("ix_person_waiting", "email_confirmed", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    email: Mapped[str] = mapped_column(OrderedText, unique=True)
    folded: Mapped[str] = mapped_column(sa.Text, default="")  # names and address, for searching
    sort_latin: Mapped[str] = mapped_column(
        OrderedText, default=""
    )  # the name as lists in Latin letters order it
    sort_cyrillic: Mapped[str] = mapped_column(
        OrderedText, default=""
    )  # the same where Cyrillic names stand first
    name_latin: Mapped[str] = mapped_column(sa.Text)
    name_cyrillic: Mapped[str | None] = mapped_column(sa.Text)
    state_code: Mapped[str | None] = mapped_column(sa.ForeignKey("state.code"))
    state_confirmed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    organisation_confirmed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim_declined: Mapped[datetime | None] = mapped_column(UtcDateTime)
    language: Mapped[str] = mapped_column(sa.String(2), default="en")
    time_zone: Mapped[str] = mapped_column(sa.Text, default="Europe/Prague")
    password_hash: Mapped[str | None] = mapped_column(sa.Text)
    email_confirmed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    privacy_version: Mapped[str | None] = mapped_column(sa.Text)
    privacy_accepted: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    #: Nobody any more: a row without personal data that keeps totals as they were.
    erased: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    state: Mapped[State | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    pseudonym: Mapped["Pseudonym"] = relationship(back_populates="person", cascade="all, delete-orphan")
    grants: Mapped[list["Grant"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def is_active(self) -> bool:
        """Say whether the person may sign in (Flask-Login)."""
        return self.active and self.email_confirmed is not None

    @property
    def roles(self) -> frozenset[str]:
        """Return the roles of the person."""
        return frozenset(grant.role for grant in self.grants) | {Role.LEARNER.value}

    @property
    def display_name(self) -> str:
        """Return the name in the script of the reader's language, else in Latin."""
        return self.name_in(language())

    @property
    def stated_place(self) -> str:
        """Return where the person says to serve, for a form to name what its reader saw."""
        unit = self.organisation.public_id if self.organisation else ""
        return f"{self.state_code or ''}/{unit}"

    def name_in(self, reader_language: str) -> str:
        """Return the name in the script of a language: Cyrillic for Russian where there is one."""
        return (self.name_cyrillic if reader_language == "ru" else None) or self.name_latin


def folded(text: str) -> str:
    """Write a text as it is compared in searches: lower case, one form of each letter, ё as е."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")


#: Letters that carry no separable mark, as alphabets beside English and Russian order them.
PLAIN = str.maketrans("łøđðıіїєґқғҳҷӯўұүөңәҗјљњћђџһ", "loddiииегкгхчууууонажилнччдх")


def sort_key(name: str) -> str:
    """Write a name as lists order it: letters with marks beside those without, й after и, ё with е."""
    kept = folded(name).translate(PLAIN)
    apart = unicodedata.normalize("NFD", kept.replace("й", "и\uffff"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def search_columns(name_latin: str, name_cyrillic: str | None, email: str) -> dict[str, str]:
    """Return the columns by which a person is found and lists are ordered."""
    return {
        "folded": folded(f"{name_latin} {name_cyrillic or ''} {email}"),
        "sort_latin": sort_key(name_latin),
        "sort_cyrillic": sort_key(name_cyrillic or name_latin),
    }


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _fold(mapper: Mapper[Person], connection: Connection, person: Person) -> None:
    for name, text in search_columns(person.name_latin, person.name_cyrillic, person.email).items():
        setattr(person, name, text)


class Pseudonym(Model):
    """The link between a person and the name used in statements; destroyed by erasure."""

    __tablename__ = "pseudonym"

    name: Mapped[UUID] = mapped_column(PublicId, primary_key=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), unique=True)

    person: Mapped[Person] = relationship(back_populates="pseudonym")


class Grant(Model):
    """A role of a person; a coordinator's is limited to a state or an organisation and all below it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.CheckConstraint(
            "role != 'coordinator' OR state_code IS NOT NULL OR organisation_id IS NOT NULL",
            name="coordinator_has_scope",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    state_code: Mapped[str | None] = mapped_column(sa.ForeignKey("state.code"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))

    person: Mapped[Person] = relationship(back_populates="grants")
    state: Mapped[State | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class SignInAttempt(Model):
    """A failed attempt to sign in, kept for throttling; `account` and `address` are keyed hashes."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[str] = mapped_column(sa.String(64), index=True)
    address: Mapped[str] = mapped_column(sa.String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class PersonSession(Model):
    """A browser that a person is signed in with; it knows the token, and only its digest is kept.

    `previous` is the token before the last rotation, good for another minute; `stale` asks for a rotation.
    """

    __tablename__ = "person_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    previous: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32), index=True)
    rotated: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stale: Mapped[bool] = mapped_column(default=False)
    shared: Mapped[bool] = mapped_column(default=False)
    agent: Mapped[str] = mapped_column(sa.Text, default="")  # browser and system, no versions
    network: Mapped[str] = mapped_column(sa.Text, default="")  # the network, not the address
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()


class MailedLink(Model):
    """A link of a mail that still works, kept as its digest; a person has one for each purpose."""

    __tablename__ = "mailed_link"
    __table_args__ = (sa.UniqueConstraint("person_id", "purpose"),)

    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(sa.String(10))
    until: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()
