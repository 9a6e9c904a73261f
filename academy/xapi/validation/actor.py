"""Agents and groups (xAPI 1.0.3 Data 2.4.2) and the authority (2.4.9)."""

from academy.xapi import formats
from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.validation import shapes

ACTOR = "xAPI 1.0.3 Data 2.4.2"
AGENT = "xAPI 1.0.3 Data 2.4.2.1"
GROUP = "xAPI 1.0.3 Data 2.4.2.2"
IDENTIFIER = "xAPI 1.0.3 Data 2.4.2.3"
ACCOUNT = "xAPI 1.0.3 Data 2.4.2.4"
AUTHORITY = "xAPI 1.0.3 Data 2.4.9"

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")


def agent(value: object) -> None:
    """Demand an agent with exactly one identifier."""
    members = shapes.properties(value, _AGENT_RULES, AGENT)
    if _count_identifiers(members) != 1:
        reason = f"an agent has exactly one of {', '.join(IDENTIFIERS)}"
        raise StatementInvalid(reason, clause=IDENTIFIER)


def group(value: object) -> None:
    """Demand a group: identified by exactly one identifier, or anonymous with members."""
    members = shapes.properties(value, _GROUP_RULES, GROUP, required=("objectType",))
    identifiers = _count_identifiers(members)
    if identifiers > 1:
        reason = f"a group has at most one of {', '.join(IDENTIFIERS)}"
        raise StatementInvalid(reason, clause=IDENTIFIER)
    if identifiers == 0 and not members.get("member"):
        place = ("member",) if "member" in members else ()
        raise StatementInvalid("an anonymous group names its members", clause=GROUP, path=place)


def agent_or_group(value: object) -> None:
    """Demand an agent, or a group where the object says that it is one."""
    if isinstance(value, dict) and value.get("objectType") == "Group":
        group(value)
    else:
        agent(value)


def identified(value: object) -> None:
    """Demand an agent or a group that has an identifier, as queries need it."""
    agent_or_group(value)
    if isinstance(value, dict) and not _count_identifiers(value):
        raise StatementInvalid("an anonymous group cannot be asked for", clause=IDENTIFIER)


def authority(value: object) -> None:
    """Demand an agent, or the anonymous pair of an application and its user."""
    agent_or_group(value)
    if not isinstance(value, dict) or value.get("objectType") != "Group":
        return
    pair = value.get("member")
    if _count_identifiers(value) or not isinstance(pair, list) or len(pair) != 2:
        raise StatementInvalid("a group as authority is anonymous and has two members", clause=AUTHORITY)


def _count_identifiers(members: Json) -> int:
    return sum(name in members for name in IDENTIFIERS)


def _account_name(value: object) -> None:
    text = shapes.string(value, clause=ACCOUNT)
    if not text or "\x00" in text:
        raise StatementInvalid("must be a name", clause=ACCOUNT)


def _account(value: object) -> None:
    rules = {"homePage": shapes.iri, "name": _account_name}
    shapes.properties(value, rules, ACCOUNT, required=("homePage", "name"))


_IDENTIFIER_RULES: dict[str, shapes.Rule] = {
    "name": shapes.string,
    "mbox": shapes.formatted(formats.is_mailto, "mailto: with an address", IDENTIFIER),
    "mbox_sha1sum": shapes.formatted(formats.is_sha1, "a SHA-1 in hexadecimal", IDENTIFIER),
    "openid": shapes.formatted(formats.is_iri, "a URI", IDENTIFIER),
    "account": _account,
}
_AGENT_RULES = {"objectType": shapes.one_of(("Agent",), ACTOR), **_IDENTIFIER_RULES}
_GROUP_RULES = {
    "objectType": shapes.one_of(("Group",), ACTOR),
    "member": shapes.array_of(agent, GROUP),
    **_IDENTIFIER_RULES,
}
