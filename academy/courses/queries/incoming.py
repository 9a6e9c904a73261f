"""Uploads: how far the file and its import are, and what the report says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _

from academy.courses.models import PackageVersion, Upload
from academy.courses.packages import findings, outline
from academy.courses.packages.findings import Finding
from academy.courses.packages.outline import Item
from academy.db import db
from academy.jobs import Job


@dataclass(frozen=True)
class Standing:
    """How far an upload is: `share` is that of the import, once the file is here."""

    received: int
    size: int
    share: float
    message: str
    done: bool
    error: str | None


@dataclass(frozen=True)
class Verdict:
    """What was found in a package; `version` is None where it was refused, and nothing was kept."""

    accepted: bool
    unchanged: bool
    findings: list[Finding]
    version: PackageVersion | None
    items: tuple[Item, ...]
    contents: Mapping[str, Any] = field(default_factory=dict)  # as checking.contents_json wrote it

    @property
    def warnings(self) -> int:
        """Return the number of warnings."""
        return sum(one.severity == "warning" for one in self.findings)

    @property
    def hosts(self) -> list[Mapping[str, Any]]:
        """Return the hosts outside of the package that its files name."""
        return list(self.contents.get("hosts", ()))

    @property
    def languages(self) -> list[str]:
        """Return the languages that were guessed from the content, the likeliest first."""
        return list(self.contents.get("languages", ()))


def standing(upload: Upload) -> Standing:
    """Return how far an upload and its import are, in words of the reader's language."""
    job = db.session.scalar(sa.select(Job).where(Job.public_id == upload.job_id)) if upload.job_id else None
    failed = job is not None and job.state == "failed"
    stage = _(job.stage) if job and job.stage else _("The file is here. It is read next.")
    return Standing(
        received=upload.received,
        size=upload.size,
        share=job.progress if job else 0.0,
        message=stage if job else _("Waiting for the rest of the file"),
        done=upload.report is not None,
        error=_("The package could not be read because of a fault on our side. Upload it again.")
        if failed
        else None,
    )


def verdict(report: Mapping[str, Any]) -> Verdict:
    """Return the report of a finished upload, its sentences in the reader's language."""
    version = None
    if report["accepted"]:
        version = version_by_id(UUID(report["version"]))
    kept = version.findings if version else report.get("findings", [])
    return Verdict(
        accepted=bool(report["accepted"]),
        unchanged=bool(report.get("unchanged")),
        findings=[findings.from_json(one) for one in kept],
        version=version,
        items=outline.leaves(outline.from_json(version.outline)) if version else (),
        contents=report.get("contents") or {},
    )


def version_by_id(public_id: UUID) -> PackageVersion | None:
    """Return a package version, or None where it is gone."""
    return db.session.scalar(sa.select(PackageVersion).where(PackageVersion.public_id == public_id))
