"""The xAPI Profile of the Academy: what the statements that it writes itself look like (xAPI Profiles 1.0).

A profile may not define what another one defines, so verbs and activity types of ADL's vocabulary and of the
SCORM profile stand in the templates of statements by their IRIs; `concepts` are for IRIs under our own name,
of which there are none yet. A template whose verb, types or rules change gets another name, and the document
another version.
"""

from dataclasses import dataclass

from academy.xapi import vocabulary
from academy.xapi.json_text import Json

CONTEXT = "https://w3id.org/xapi/profiles/context"
CONFORMS_TO = "https://w3id.org/xapi/profiles#1.0"
PLACE = "/xapi/profile"
VERSION = "v1"
GENERATED = "2026-11-24T17:00:00Z"
MEDIA_TYPE = "application/ld+json"


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of statement; `rules` go over those that all kinds have."""

    name: str
    verb: str
    label: dict[str, str]
    definition: dict[str, str]
    object: str = vocabulary.LESSON
    rules: tuple[Json, ...] = ()


def _included(location: str, *values: object) -> Json:
    rule: Json = {"location": location, "presence": "included"}
    return {**rule, "all": list(values)} if values else rule


def _excluded(location: str) -> Json:
    return {"location": location, "presence": "excluded"}


#: A pseudonym stands for the learner, and nothing else does.
COMMON: tuple[Json, ...] = (
    _included("$.actor.account.name"),
    _excluded("$.actor.name | $.actor.mbox | $.actor.mbox_sha1sum | $.actor.openid"),
    _included("$.context.registration"),
    {"location": "$.context.contextActivities.category[*].id", "any": [vocabulary.SCORM_PROFILE]},
    _included("$.timestamp"),
)

TEMPLATES = (
    Template(
        "initialized",
        vocabulary.INITIALIZED,
        {"en": "A part of a course is begun", "ru": "Часть курса начата"},
        {
            "en": "The learner opens a part of a course, for the first time or anew after it was ended.",
            "ru": "Участник открывает часть курса — впервые или заново после завершённого сеанса.",
        },
    ),
    Template(
        "resumed",
        vocabulary.RESUMED,
        {"en": "A part of a course is continued", "ru": "Часть курса продолжена"},
        {
            "en": "The learner comes back to an attempt that is not ended.",
            "ru": "Участник возвращается к незавершённой попытке.",
        },
    ),
    Template(
        "suspended",
        vocabulary.SUSPENDED,
        {"en": "A session ends, to be continued", "ru": "Сеанс прерван"},
        {
            "en": "A session ends and its attempt can go on; the result is that of the attempt so far.",
            "ru": "Сеанс завершён, попытку можно продолжить; указан результат попытки на этот момент.",
        },
        rules=(_included("$.result.duration"),),
    ),
    Template(
        "terminated",
        vocabulary.TERMINATED,
        {"en": "A session ends", "ru": "Сеанс завершён"},
        {
            "en": "A session and its attempt end; the result is that of the attempt.",
            "ru": "Сеанс и попытка завершены; указан результат попытки.",
        },
        rules=(_included("$.result.duration"),),
    ),
    Template(
        "scored",
        vocabulary.SCORED,
        {"en": "A score is given", "ru": "Выставлен балл"},
        {
            "en": "The content reports a score, from 0 to 100 as a rule; `scaled` is a hundredth of it.",
            "ru": "Материал сообщает балл, как правило от 0 до 100; `scaled` — его сотая часть.",
        },
        rules=(_included("$.result.score.raw"),),
    ),
    Template(
        "completed",
        vocabulary.COMPLETED,
        {"en": "A part of a course is completed", "ru": "Часть курса завершена"},
        {
            "en": "The content reports completion for the first time in the attempt.",
            "ru": "Материал впервые за попытку сообщает о завершении.",
        },
        rules=(_included("$.result.completion", True),),
    ),
    Template(
        "passed",
        vocabulary.PASSED,
        {"en": "A part of a course is passed", "ru": "Часть курса сдана"},
        {
            "en": "The attempt is successful for the first time; whoever passes has completed.",
            "ru": "Попытка впервые успешна; сдавший считается завершившим.",
        },
        rules=(_included("$.result.success", True), _included("$.result.completion", True)),
    ),
    Template(
        "failed",
        vocabulary.FAILED,
        {"en": "A part of a course is not passed", "ru": "Часть курса не сдана"},
        {
            "en": "The content reports that the attempt is not successful.",
            "ru": "Материал сообщает, что попытка неуспешна.",
        },
        rules=(_included("$.result.success", False),),
    ),
    Template(
        "responded",
        vocabulary.RESPONDED,
        {"en": "A question is answered", "ru": "Дан ответ на вопрос"},
        {
            "en": "The learner answers a question of the content; the part of the course is its parent.",
            "ru": "Участник отвечает на вопрос материала; вышестоящий элемент — часть курса.",
        },
        object=vocabulary.INTERACTION,
        rules=({"location": "$.result.response", "presence": "recommended"},),
    ),
)


def document(base: str) -> Json:
    """Return the profile of the installation whose IRIs begin with `base`."""
    profile = f"{base}{PLACE}"
    version = f"{profile}/{VERSION}"
    return {
        "@context": CONTEXT,
        "id": profile,
        "type": "Profile",
        "conformsTo": CONFORMS_TO,
        "prefLabel": {
            "en": "Statements of the Prague Process Training Academy",
            "ru": "Записи об обучении в Учебной академии Пражского процесса",
        },
        "definition": {
            "en": "How the Academy writes down what happens in courses, by the SCORM profile of xAPI.",
            "ru": "Как Академия записывает происходящее на курсах по профилю SCORM стандарта xAPI.",
        },
        "seeAlso": vocabulary.SCORM_PROFILE,
        "versions": [{"id": version, "generatedAtTime": GENERATED}],
        "author": {"type": "Organization", "name": "Prague Process Training Academy", "url": base},
        "templates": [_template(one, profile, version) for one in TEMPLATES],
    }


def _template(template: Template, profile: str, version: str) -> Json:
    found: Json = {
        "id": f"{profile}#{template.name}",
        "type": "StatementTemplate",
        "inScheme": version,
        "prefLabel": template.label,
        "definition": template.definition,
        "verb": template.verb,
        "objectActivityType": template.object,
        "contextCategoryActivityType": [vocabulary.PROFILE],
        "contextGroupingActivityType": [vocabulary.COURSE, vocabulary.ATTEMPT],
    }
    if template.object == vocabulary.INTERACTION:
        found["contextParentActivityType"] = [vocabulary.LESSON]
    return {**found, "rules": [*COMMON, *template.rules]}
