"""The acts that the record knows: each with the kind of thing it is done to and its sentence."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Act:
    """An act: what it is done to, and how it reads in a list."""

    kind: str
    sentence: object


KINDS: dict[str, object] = {
    "person": _l("Person"),
    "state": _l("State"),
    "organisation": _l("Organisation"),
    "course": _l("Course"),
    "registration": _l("Enrolment"),
    "certificate": _l("Certificate"),
    "credential": _l("Key of the record store"),
    "forwarding": _l("Other record store"),
    "statements": _l("Statements"),
    "report": _l("Report"),
    "library": _l("Library"),
    "job": _l("Job"),
    "instance": _l("The whole Academy"),
}

#: Texts about a person may be removed only after this act is on record; the database knows it by name.
ERASURE = "person.erase"

ACTS: dict[str, Act] = {
    "signin.fail": Act("person", _l("Sign-in of a member of staff refused")),
    "person.create": Act("person", _l("Account created")),
    "person.change": Act("person", _l("Names or place of service changed")),
    "person.list": Act("instance", _l("List of people printed")),
    "person.import": Act("instance", _l("People imported from a file")),
    "person.confirm": Act("person", _l("Place of service confirmed")),
    "person.decline": Act("person", _l("Place of service declined")),
    "person.undo": Act("person", _l("Decision on a place of service taken back")),
    "person.data": Act("person", _l("Everything held about a person handed out")),
    ERASURE: Act("person", _l("Personal data erased")),
    "data.ask": Act("person", _l("Copy or erasure of personal data requested")),
    "data.withdraw": Act("person", _l("Request about personal data withdrawn")),
    "data.confirm": Act("person", _l("Request about personal data confirmed")),
    "data.decline": Act("person", _l("Request about personal data declined")),
    "role.grant": Act("person", _l("Role given")),
    "role.revoke": Act("person", _l("Role taken away")),
    "state.save": Act("state", _l("State changed")),
    "organisation.save": Act("organisation", _l("Organisation changed")),
    "courses.create": Act("course", _l("Course created")),
    "courses.change": Act("course", _l("Description of a course changed")),
    "courses.section.add": Act("course", _l("Section added")),
    "courses.section.rename": Act("course", _l("Section renamed")),
    "courses.section.move": Act("course", _l("Section moved")),
    "courses.section.remove": Act("course", _l("Section removed")),
    "courses.activity.change": Act("course", _l("Part of a course changed")),
    "courses.activity.move": Act("course", _l("Part of a course moved")),
    "courses.activity.remove": Act("course", _l("Part of a course removed")),
    "courses.activity.return": Act("course", _l("Part of a course put back")),
    "courses.package.import": Act("course", _l("Package imported")),
    "courses.publish": Act("course", _l("Course published")),
    "courses.archive": Act("course", _l("Course archived")),
    "courses.enrol": Act("registration", _l("Person enrolled by somebody else")),
    "courses.launch": Act("registration", _l("Content opened on behalf of a person")),
    "certificates.issue": Act("certificate", _l("Certificate issued by hand")),
    "certificates.revoke": Act("certificate", _l("Certificate revoked")),
    "xapi.credentials.create": Act("credential", _l("Key of the record store made")),
    "xapi.credentials.expire": Act("credential", _l("Validity of a key of the record store changed")),
    "xapi.credentials.revoke": Act("credential", _l("Key of the record store revoked")),
    "xapi.read": Act("person", _l("Learning records of a person read")),
    "xapi.agent.ask": Act("statements", _l("Erasure of an agent of the record store asked for")),
    "xapi.agent.erase": Act("statements", _l("Statements and documents of an agent removed")),
    "xapi.agent.pseudonymise": Act("statements", _l("Agent of the record store made nameless")),
    "xapi.export": Act("statements", _l("All statements exported")),
    "xapi.import": Act("statements", _l("Statements imported")),
    "xapi.forward.add": Act("forwarding", _l("Statements are sent to another record store")),
    "xapi.forward.pause": Act("forwarding", _l("Sending to another record store paused")),
    "xapi.forward.resume": Act("forwarding", _l("Sending to another record store resumed")),
    "xapi.forward.skip": Act("forwarding", _l("Statement left out that another record store refuses")),
    "xapi.forward.remove": Act("forwarding", _l("Sending to another record store ended")),
    "progress.rebuild": Act("instance", _l("Progress recalculated from all statements")),
    "reports.export": Act("report", _l("Report with personal data downloaded")),
    "audit.export": Act("instance", _l("Audit record downloaded")),
    "library.reindex": Act("library", _l("Search index of the libraries rebuilt")),
    "jobs.retry": Act("job", _l("Job started again")),
    "jobs.cancel": Act("job", _l("Job cancelled")),
    "jobs.delete": Act("job", _l("Failed job deleted")),
    "backup.create": Act("instance", _l("Backup written")),
    "backup.restore": Act("instance", _l("Academy restored from a backup")),
    "db.upgrade": Act("instance", _l("Database upgraded")),
    "db.downgrade": Act("instance", _l("Database downgraded")),
    "demo.load": Act("instance", _l("Demonstration data loaded")),
}
