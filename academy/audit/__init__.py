"""The audit record: what staff and the command line did, to what, concerning whom; only ever added to.

`record` is the one way in. The database refuses changes; `chain` seals entries one to the next.
"""

from academy.audit.acts import ACTS, ERASURE, KINDS
from academy.audit.chain import seal, verify
from academy.audit.models import AuditEntry, AuditSeal, AuditText
from academy.audit.reading import Said, of_person, said
from academy.audit.recording import Target, Way, forget, record, record_each, record_reading

__all__ = [
    "ACTS",
    "ERASURE",
    "KINDS",
    "AuditEntry",
    "AuditSeal",
    "AuditText",
    "Said",
    "Target",
    "Way",
    "forget",
    "of_person",
    "record",
    "record_each",
    "record_reading",
    "said",
    "seal",
    "verify",
]
