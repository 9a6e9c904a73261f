"""Tables of the store: statements, what they name, documents, credentials.

IRIs and identities have no length limit, so each is found by a digest (`key`) and not by its text.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from academy import clock
from academy.db import BigId, JsonType, Model, PublicId, UtcDateTime

DIGEST = 16


class Statement(Model):
    """A statement: its JSON text without `stored`, beside the columns that queries use.

    `seq` is `stored` in microseconds since 1970, strictly increasing in the order of commits.
    """

    __tablename__ = "xapi_statement"
    __table_args__ = (
        sa.Index("ix_xapi_statement_verb_id_seq", "verb_id", "seq"),
        sa.Index("ix_xapi_statement_registration_seq", "registration", "seq"),
        sa.Index("ix_xapi_statement_target", "target"),
    )

    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(PublicId, unique=True)
    payload: Mapped[bytes] = mapped_column(sa.LargeBinary)
    verb_id: Mapped[int] = mapped_column(sa.ForeignKey("xapi_verb.id"))
    registration: Mapped[UUID | None] = mapped_column(PublicId)
    target: Mapped[UUID | None] = mapped_column(PublicId)  # the statement that its object refers to
    voided: Mapped[bool] = mapped_column(default=False)


class Agent(Model):
    """An agent or identified group, known by its one identifier."""

    __tablename__ = "xapi_agent"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[bytes] = mapped_column(sa.LargeBinary(DIGEST), unique=True)
    identity: Mapped[str] = mapped_column(sa.Text)
    names: Mapped[list[str]] = mapped_column(JsonType, default=list)


class Verb(Model):
    """A verb with the words last seen for it, as JSON text."""

    __tablename__ = "xapi_verb"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[bytes] = mapped_column(sa.LargeBinary(DIGEST), unique=True)
    iri: Mapped[str] = mapped_column(sa.Text)
    display: Mapped[bytes | None] = mapped_column(sa.LargeBinary)


class StoredActivity(Model):
    """An activity with its canonical definition, as JSON text."""

    __tablename__ = "xapi_activity"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[bytes] = mapped_column(sa.LargeBinary(DIGEST), unique=True)
    iri: Mapped[str] = mapped_column(sa.Text)
    definition: Mapped[bytes | None] = mapped_column(sa.LargeBinary)


class StatementAgent(Model):
    """Which agents a statement names, and where (`relations.AgentUsage`, as bits).

    `direct` is 1 where the plain parameter finds it so, else 0: each kind can be walked alone.
    """

    __tablename__ = "xapi_statement_agent"
    __table_args__ = ({"sqlite_with_rowid": False},)

    agent_id: Mapped[int] = mapped_column(sa.ForeignKey("xapi_agent.id"), primary_key=True)
    direct: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    verb_id: Mapped[int] = mapped_column(sa.BigInteger)
    usage: Mapped[int] = mapped_column(sa.SmallInteger)


class StatementActivity(Model):
    """Which activities a statement names, and where (`relations.ActivityUsage`, as bits)."""

    __tablename__ = "xapi_statement_activity"
    __table_args__ = ({"sqlite_with_rowid": False},)

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("xapi_activity.id"), primary_key=True)
    direct: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    verb_id: Mapped[int] = mapped_column(sa.BigInteger)
    usage: Mapped[int] = mapped_column(sa.SmallInteger)


class StatementReference(Model):
    """Every statement that another one reaches through statement references, directly or by way of others."""

    __tablename__ = "xapi_statement_reference"
    __table_args__ = ({"sqlite_with_rowid": False},)

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    target_seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, index=True)


class StatementDay(Model):
    """How many statements were stored on a day that is over, in UTC; days on which none was may be missing.

    The newest row tells up to which day they are counted.
    """

    __tablename__ = "xapi_day"

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    statements: Mapped[int] = mapped_column(sa.BigInteger)


class Document:
    """What all documents have; `key` is a digest of the whole address."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[bytes] = mapped_column(sa.LargeBinary(DIGEST), unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
    content_type: Mapped[str] = mapped_column(sa.Text)
    etag: Mapped[str] = mapped_column(sa.String(40))
    updated: Mapped[datetime] = mapped_column(UtcDateTime)


class StateDocument(Document, Model):
    """A document of one agent in one activity, within a registration where one is given."""

    __tablename__ = "xapi_state"
    __table_args__ = (sa.Index("ix_xapi_state_area", "agent_id", "activity_id", "registration"),)

    agent_id: Mapped[int] = mapped_column(sa.ForeignKey("xapi_agent.id"))
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("xapi_activity.id"))
    registration: Mapped[UUID | None] = mapped_column(PublicId)


class ActivityProfileDocument(Document, Model):
    """A document about one activity."""

    __tablename__ = "xapi_activity_profile"

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("xapi_activity.id"), index=True)


class AgentProfileDocument(Document, Model):
    """A document about one agent."""

    __tablename__ = "xapi_agent_profile"

    agent_id: Mapped[int] = mapped_column(sa.ForeignKey("xapi_agent.id"), index=True)


class Credential(Model):
    """A key with the digest of its secret, and what it may do.

    A narrow one, as content gets it, is for one learner (`agent`, an identity) in one registration, and ends.
    """

    __tablename__ = "xapi_credential"
    __table_args__ = (
        sa.CheckConstraint(
            "(agent IS NULL) = (registration IS NULL) AND (agent IS NULL OR expires IS NOT NULL)",
            name="narrow_ones_are_whole_and_end",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    secret_digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    name: Mapped[str] = mapped_column(sa.Text)
    scopes: Mapped[list[str]] = mapped_column(JsonType)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to the minute: see `credentials.note_use`
    per_minute: Mapped[int | None] = mapped_column()
    may_void: Mapped[bool] = mapped_column(default=False)
    agent: Mapped[str | None] = mapped_column(sa.Text)
    registration: Mapped[UUID | None] = mapped_column(PublicId)
