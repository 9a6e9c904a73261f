"""Types of documents and audiences of the two libraries; data only."""

from flask_babel import lazy_gettext as _l

COLLECTIONS = ("dialogue", "observatory")

#: Document type → name; the order is that of lists.
TYPES = {
    "ministerial_declaration": _l("Ministerial declaration"),
    "action_plan": _l("Action plan"),
    "som_conclusions": _l("Conclusions of a Senior Officials’ Meeting"),
    "som_agenda": _l("Agenda"),
    "concept_note": _l("Concept note"),
    "meeting_summary": _l("Meeting summary"),
    "study_visit_report": _l("Study visit report"),
    "working_paper": _l("Working paper"),
    "information_paper": _l("Information paper"),
    "handbook": _l("Handbook"),
    "guidelines": _l("Guidelines"),
    "questionnaire_synthesis": _l("Synthesis of replies to a questionnaire"),
    "presentation": _l("Presentation"),
    "impact_brief": _l("Impact brief"),
    "policy_brief": _l("Policy brief"),
    "analytical_report": _l("Analytical report"),
    "background_note": _l("Background note"),
    "flow_analysis": _l("Migration flow analysis"),
    "factsheet": _l("Country factsheet"),
    "infographic": _l("Infographic"),
    "migration_profile": _l("Migration profile"),
    "quarterly_review": _l("Quarterly review"),
}

AUDIENCES = {
    "public": _l("Open to everybody"),
    "registered": _l("For registered people"),
    "officials": _l("For officials"),
    "participants": _l("Participants only"),
}

ICONS = {
    "ministerial_declaration": "building",
    "action_plan": "building",
    "som_conclusions": "users",
    "som_agenda": "users",
    "meeting_summary": "messages",
    "study_visit_report": "map",
    "handbook": "book",
    "guidelines": "book",
}
