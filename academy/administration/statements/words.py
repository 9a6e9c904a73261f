"""Sentences about what somebody did, by verb; data only.

In Russian the verbs stand in the present tense, which says nothing about the sex of whoever acts.
"""

from flask_babel import lazy_gettext as _l

from academy.xapi import vocabulary

#: `actor` and `object` are phrases of their own; the latter has its quotation marks already.
SENTENCES: dict[str, object] = {
    vocabulary.ABANDONED: _l("%(actor)s abandoned %(object)s"),
    vocabulary.ANSWERED: _l("%(actor)s answered %(object)s"),
    f"{vocabulary.ADL_VERBS}attempted": _l("%(actor)s attempted %(object)s"),
    vocabulary.COMMENTED: _l("%(actor)s commented on %(object)s"),
    vocabulary.COMPLETED: _l("%(actor)s completed %(object)s"),
    vocabulary.EXPERIENCED: _l("%(actor)s experienced %(object)s"),
    vocabulary.FAILED: _l("%(actor)s failed %(object)s"),
    vocabulary.INITIALIZED: _l("%(actor)s started %(object)s"),
    vocabulary.LAUNCHED: _l("%(actor)s launched %(object)s"),
    vocabulary.PASSED: _l("%(actor)s passed %(object)s"),
    vocabulary.PROGRESSED: _l("%(actor)s made progress in %(object)s"),
    vocabulary.REGISTERED: _l("%(actor)s registered for %(object)s"),
    vocabulary.RESPONDED: _l("%(actor)s responded to %(object)s"),
    vocabulary.RESUMED: _l("%(actor)s resumed %(object)s"),
    vocabulary.SATISFIED: _l("%(actor)s met the requirements of %(object)s"),
    vocabulary.SCORED: _l("%(actor)s got a score in %(object)s"),
    vocabulary.SUSPENDED: _l("%(actor)s suspended %(object)s"),
    vocabulary.TERMINATED: _l("%(actor)s left %(object)s"),
    vocabulary.VOIDED: _l("%(actor)s voided %(object)s"),
    vocabulary.WAIVED: _l("%(actor)s was excused from %(object)s"),
}

#: For a verb that is not known here, with the word that the statement or the store has for it.
ANY_VERB = _l("%(actor)s %(verb)s %(object)s")
