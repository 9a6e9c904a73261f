"""What happens when the time for an item is over. (adlcp:timelimitaction)"""

import re

from academy.courses.packages.manifest_xml import Element, Reading

ACTIONS = frozenset({"exit,message", "exit,no message", "continue,message", "continue,no message"})


def time_limit_action(reading: Reading, element: Element) -> str | None:
    """Return the action of an item, None where there is none or one that is unknown, which is said."""
    text = reading.text(element, "timelimitaction")
    if text is None:
        return None
    action = re.sub(r"\s*,\s*", ",", text.lower())
    if action in ACTIONS:
        return action
    reading.say("time-limit-action-invalid", element, value=text)
    return None
