"""Values that ADL's SCORM 2004 suite has an LMS take, or refuse, against what the server keeps."""

import re

import pytest

from academy.courses.runtime import cmi, cmi2004
from tests.conformance.scorm import adl_cases

#: Of these, other rows of the same interaction decide; the data model in the browser knows them.
BY_TYPE = ("correct_responses", "learner_response")
#: Refused because of what was set before, or by the map of the item; not by the value.
BY_STATE = {"351", "408"}


def values():
    """Return each element that is set, with its value and whether it is to be taken."""
    found = {}
    for name in ("DMI", "DMB"):
        for step in adl_cases.read(name).steps if adl_cases.names() else ():
            for call in step.calls:
                if adl_cases.word(call[0]) != "doSetValue" or call[-1].strip() in BY_STATE:
                    continue
                told, _, value = call[1].partition("!")
                element = re.sub("&[^&]*&", "0", adl_cases.element(told))
                if not element.startswith("adl.data") and not any(part in element for part in BY_TYPE):
                    found[element, adl_cases.word(value)] = call[-1].strip() == "0"
    return found


@pytest.mark.skipif(not adl_cases.names(), reason="ADL's suite is not beside the project")
def test_the_server_keeps_what_is_to_be_taken_and_nothing_else():
    known = values()
    taken = {
        (element, value): bool(cmi.clean({element: value}, writable=cmi2004.WRITABLE)[0])
        for element, value in known
    }

    assert len(known) > 1000
    assert {asked: is_taken for asked, is_taken in taken.items() if is_taken != known[asked]} == {}
