"""The rules of statements (xAPI 1.0.3 Data 2); what 2.0 changes is chosen by the edition of the request."""

from academy.xapi import formats
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.validation import actor, attachment, context, result, shapes, verb
from academy.xapi.validation.activity import activity, statement_reference
from academy.xapi.vocabulary import VOIDED

STATEMENT = "xAPI 1.0.3 Data 2.4"
SUB_STATEMENT = "xAPI 1.0.3 Data 2.4.4.3"
VOIDING = "xAPI 1.0.3 Data 2.3.2"
VERSION = "xAPI 1.0.3 Data 2.4.10"

REQUIRED = ("actor", "verb", "object")


def validate(value: object, *, edition: Edition = Edition.FIRST) -> Json:
    """Return the value as a statement; raises StatementInvalid, with place and clause, where it is none."""
    members = shapes.properties(value, _STATEMENT_RULES[edition], STATEMENT, required=REQUIRED)
    context.check_object(members)
    _check_voiding(members)
    return members


def _check_voiding(members: Json) -> None:
    verb_of_statement, target = members["verb"], members["object"]
    if not isinstance(verb_of_statement, dict) or verb_of_statement["id"] != VOIDED:
        return
    if not isinstance(target, dict) or target.get("objectType") != "StatementRef":
        raise StatementInvalid("a voiding statement refers to a statement", clause=VOIDING, path=("object",))


def _sub_statement(rules: dict[str, shapes.Rule]) -> shapes.Rule:
    def check(value: object) -> None:
        members = shapes.properties(value, rules, SUB_STATEMENT, required=("objectType", *REQUIRED))
        context.check_object(members)
        _check_voiding(members)

    return check


def _object(kinds: dict[str, shapes.Rule]) -> shapes.Rule:
    def check(value: object) -> None:
        members = shapes.mapping(value, STATEMENT)
        kind = members.get("objectType", "Activity")
        rule = kinds.get(kind) if isinstance(kind, str) else None
        if rule is None:
            reason = f"must be one of {', '.join(kinds)}, not {shapes.shown(kind)}"
            raise StatementInvalid(reason, clause=STATEMENT, path=("objectType",))
        rule(members)

    return check


def _version(edition: Edition) -> shapes.Rule:
    second = edition is Edition.SECOND

    def is_known(text: str) -> bool:
        return formats.is_version(text, second_edition=second)

    return shapes.formatted(is_known, "1.0.x or 2.0.x" if second else "1.0.x", VERSION)


def _rules(edition: Edition) -> dict[str, shapes.Rule]:
    timestamp = shapes.zoned_timestamp if edition is Edition.SECOND else shapes.timestamp
    common: dict[str, shapes.Rule] = {
        "actor": actor.agent_or_group,
        "verb": verb.verb,
        "result": result.result,
        "context": context.context_of_2_0 if edition is Edition.SECOND else context.context,
        "timestamp": timestamp,
        "attachments": attachment.attachments,
    }
    targets: dict[str, shapes.Rule] = {
        "Activity": activity,
        "Agent": actor.agent,
        "Group": actor.group,
        "StatementRef": statement_reference,
    }
    inner = {
        **common,
        "objectType": shapes.one_of(("SubStatement",), SUB_STATEMENT),
        "object": _object(targets),
    }
    return {
        **common,
        "object": _object({**targets, "SubStatement": _sub_statement(inner)}),
        "id": shapes.uuid,
        "stored": timestamp,
        "authority": actor.authority,
        "version": _version(edition),
    }


_STATEMENT_RULES = {edition: _rules(edition) for edition in Edition}
