"""The six thematic areas of the Prague Process, named once for courses and libraries."""

from flask_babel import lazy_gettext as _l

THEMES = {
    "T1": _l("Irregular migration"),
    "T2": _l("Readmission and return"),
    "T3": _l("Legal and labour migration"),
    "T4": _l("Integration"),
    "T5": _l("Migration and development"),
    "T6": _l("Asylum and protection"),
}
