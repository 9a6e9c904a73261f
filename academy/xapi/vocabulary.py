"""IRIs of verbs, activity types, profiles and extensions; data only."""

ADL_VERBS = "http://adlnet.gov/expapi/verbs/"
ADL_ACTIVITIES = "http://adlnet.gov/expapi/activities/"
CMI5 = "https://w3id.org/xapi/cmi5/"

VOIDED = f"{ADL_VERBS}voided"

#: Verbs of the SCORM profile, cmi5 and the Academy, with the words shown for them.
VERBS: dict[str, dict[str, str]] = {
    f"{ADL_VERBS}answered": {"en": "answered", "ru": "ответ"},
    f"{ADL_VERBS}attempted": {"en": "attempted", "ru": "попытка"},
    f"{ADL_VERBS}commented": {"en": "commented", "ru": "комментарий"},
    f"{ADL_VERBS}completed": {"en": "completed", "ru": "завершение"},
    f"{ADL_VERBS}experienced": {"en": "experienced", "ru": "ознакомление"},
    f"{ADL_VERBS}failed": {"en": "failed", "ru": "не сдано"},
    f"{ADL_VERBS}initialized": {"en": "initialized", "ru": "начало"},
    f"{ADL_VERBS}launched": {"en": "launched", "ru": "запуск"},
    f"{ADL_VERBS}passed": {"en": "passed", "ru": "сдано"},
    f"{ADL_VERBS}progressed": {"en": "progressed", "ru": "продвижение"},
    f"{ADL_VERBS}registered": {"en": "registered", "ru": "запись на курс"},
    f"{ADL_VERBS}responded": {"en": "responded", "ru": "ответ"},
    f"{ADL_VERBS}resumed": {"en": "resumed", "ru": "возобновление"},
    f"{ADL_VERBS}scored": {"en": "scored", "ru": "получение баллов"},
    f"{ADL_VERBS}suspended": {"en": "suspended", "ru": "приостановка"},
    f"{ADL_VERBS}terminated": {"en": "terminated", "ru": "выход"},
    VOIDED: {"en": "voided", "ru": "аннулирование"},
    f"{ADL_VERBS}waived": {"en": "waived", "ru": "зачёт без прохождения"},
    "https://w3id.org/xapi/adl/verbs/abandoned": {"en": "abandoned", "ru": "незавершённый сеанс"},
    "https://w3id.org/xapi/adl/verbs/satisfied": {"en": "satisfied", "ru": "условия выполнены"},
}

ANSWERED = f"{ADL_VERBS}answered"
COMMENTED = f"{ADL_VERBS}commented"
COMPLETED = f"{ADL_VERBS}completed"
EXPERIENCED = f"{ADL_VERBS}experienced"
FAILED = f"{ADL_VERBS}failed"
INITIALIZED = f"{ADL_VERBS}initialized"
LAUNCHED = f"{ADL_VERBS}launched"
PASSED = f"{ADL_VERBS}passed"
PROGRESSED = f"{ADL_VERBS}progressed"
REGISTERED = f"{ADL_VERBS}registered"
RESPONDED = f"{ADL_VERBS}responded"
RESUMED = f"{ADL_VERBS}resumed"
SCORED = f"{ADL_VERBS}scored"
SUSPENDED = f"{ADL_VERBS}suspended"
TERMINATED = f"{ADL_VERBS}terminated"
WAIVED = f"{ADL_VERBS}waived"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
SATISFIED = "https://w3id.org/xapi/adl/verbs/satisfied"

ASSESSMENT = f"{ADL_ACTIVITIES}assessment"
ATTEMPT = f"{ADL_ACTIVITIES}attempt"
COURSE = f"{ADL_ACTIVITIES}course"
INTERACTION = f"{ADL_ACTIVITIES}cmi.interaction"
LESSON = f"{ADL_ACTIVITIES}lesson"
MODULE = f"{ADL_ACTIVITIES}module"
OBJECTIVE = f"{ADL_ACTIVITIES}objective"
PROFILE = f"{ADL_ACTIVITIES}profile"

#: The SCORM profile stands in the category of each of its statements; the others name its documents.
SCORM_PROFILE = "https://w3id.org/xapi/scorm"
SCORM_ACTIVITY_STATE = f"{SCORM_PROFILE}/activity-state"
SCORM_ATTEMPT_STATE = f"{SCORM_PROFILE}/attempt-state"
SCORM_SUSPEND_DATA = f"{SCORM_PROFILE}/types/adl-suspend-data"
SCORM_ACTIVITY_PROFILE = f"{SCORM_PROFILE}/activity-profile"
SCORM_AGENT_PROFILE = f"{SCORM_PROFILE}/agent-profile"

CMI5_CATEGORY = f"{CMI5}context/categories/cmi5"
CMI5_MOVE_ON = f"{CMI5}context/categories/moveon"
CMI5_SESSION = f"{CMI5}context/extensions/sessionid"
CMI5_MASTERY = f"{CMI5}context/extensions/masteryscore"
CMI5_LAUNCH_MODE = f"{CMI5}context/extensions/launchmode"
CMI5_PROGRESS = f"{CMI5}result/extensions/progress"

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"

INTERACTION_TYPES = frozenset(
    {
        "true-false",
        "choice",
        "fill-in",
        "long-fill-in",
        "matching",
        "performance",
        "sequencing",
        "likert",
        "numeric",
        "other",
    }
)
