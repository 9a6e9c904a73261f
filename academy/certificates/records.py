"""How certificates are named in the audit record."""

from academy import audit
from academy.accounts.models import Person
from academy.certificates.facts import Facts
from academy.certificates.models import Certificate
from academy.db import db


def certificate(certificate: Certificate) -> audit.Target:
    """Name a certificate by its course and holder; a holder who was erased is not named."""
    facts = Facts.read(certificate.facts)
    holder = db.session.get(Person, certificate.person_id) if certificate.person_id else None
    label = f"{facts.course_code}, {holder.name_latin}" if holder else facts.course_code
    return audit.Target(certificate.serial, label, holder.public_id if holder else None)
