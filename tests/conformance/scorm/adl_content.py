"""The part of the run-time data model that ADL's sequencing cases use, as content sees it.

The real one is in the browser; this one lets the engine be tried alone, in seconds.
"""

from academy.courses.sequencing.definition import COMPLETION, LEAST, MEASURE, MOST, PROGRESS, RAW, SATISFIED
from academy.courses.sequencing.results import Report

FIELDS = {
    "score.scaled": MEASURE,
    "score.raw": RAW,
    "score.min": LEAST,
    "score.max": MOST,
    "progress_measure": PROGRESS,
    "completion_status": COMPLETION,
    "success_status": SATISFIED,
}
WORDS = {
    COMPLETION: {"completed": True, "incomplete": False, "not attempted": False, "unknown": None},
    SATISFIED: {"passed": True, "failed": False, "unknown": None},
}


class Content:
    """One session of content: what it finds, what it sets."""

    def __init__(self, own, objectives, data=(), kept=None, facts=None):
        """Take what is known at launch: of the whole, of objectives by id, of shared data by id."""
        self.own, self.rows, self.facts = dict(own), [(i, dict(v)) for i, v in objectives], facts or {}
        self.data = {bucket.target: bucket for bucket in data}
        self.set, self.touched, self.words = {}, {}, {}
        self.request, self.exit, self.texts = "_none_", "", {}
        if kept is not None:
            self.own |= kept.own
            self.texts = dict(kept.texts)
            known = dict(self.rows)
            self.rows = [(i, v | known.get(i, {})) for i, v in kept.rows] + [
                row for row in self.rows if row[0] not in dict(kept.rows)
            ]

    def report(self):
        """Return what the engine hears of the session."""
        return Report(own=self.set, objectives=self.touched, suspends=self.exit == "suspend")

    def get(self, name):
        """Return the value of an element and the error."""
        if name.startswith("cmi.objectives."):
            return self._get_objective(name)
        if name.startswith("adl.data."):
            return self._get_data(name)
        field = name.removeprefix("cmi.")
        if field in FIELDS:
            return _written(FIELDS[field], self.own.get(FIELDS[field]))
        found = self.facts.get(field) or self.texts.get(field)
        return (found, "0") if found is not None else ("", "403")

    def _get_objective(self, name):
        if name == "cmi.objectives._count":
            return str(len(self.rows)), "0"
        number, field = self._row(name)
        if number is None:
            return "", "301"
        identifier, values = self.rows[number]
        if field == "id":
            return identifier, "0"
        if (identifier, field) in self.words:
            return self.words[identifier, field], "0"
        return _written(FIELDS[field], values.get(FIELDS[field]))

    def _get_data(self, name):
        if name == "adl.data._count":
            return str(len(self.data)), "0"
        bucket, field = self._bucket(name)
        if bucket is None:
            return "", "301"
        if field == "id":
            return bucket.target, "0"
        if not bucket.reads:
            return "", "405"
        return (bucket.text, "0") if bucket.text else ("", "403")

    def put(self, name, value):
        """Set an element; return the error."""
        if name == "adl.nav.request":
            self.request = value
            return "0"
        if name == "cmi.exit":
            self.exit = value
            return "0"
        if name.startswith("adl.data."):
            bucket, _ = self._bucket(name)
            if bucket is None:
                return "301"
            if not bucket.writes:
                return "404"
            bucket.put(value)
            return "0"
        if name.startswith("cmi.objectives."):
            return self._put_objective(name, value)
        field = name.removeprefix("cmi.")
        if field in FIELDS:
            read = _read(FIELDS[field], value)
            self.own[FIELDS[field]] = self.set[FIELDS[field]] = read
        else:
            self.texts[field] = value
        return "0"

    def _put_objective(self, name, value):
        number, field = self._row(name)
        if field == "id":
            if number is not None:
                return "0" if self.rows[number][0] == value else "351"
            if value in dict(self.rows):
                return "351"
            self.rows.append((value, {}))
            return "0"
        if number is None:
            return "351"
        identifier, values = self.rows[number]
        if field in ("completion_status", "success_status"):
            self.words[identifier, field] = value
        values[FIELDS[field]] = _read(FIELDS[field], value)
        self.touched.setdefault(identifier, {})[FIELDS[field]] = values[FIELDS[field]]
        return "0"

    def _row(self, name):
        which, _, field = name.removeprefix("cmi.objectives.").partition(".")
        if which.startswith("&"):
            wanted = which.strip("&")
            found = [n for n, (identifier, _) in enumerate(self.rows) if identifier == wanted]
            return (found[0] if found else None), field
        return (int(which) if int(which) < len(self.rows) else None), field

    def _bucket(self, name):
        which, _, field = name.removeprefix("adl.data.").partition(".")
        if which.startswith("&"):
            return self.data.get(which.strip("&")), field
        return list(self.data.values())[int(which)], field


def _read(field, value):
    return WORDS[field][value] if field in WORDS else float(value)


def _written(field, value):
    if field in WORDS:
        word = next(word for word, known in WORDS[field].items() if known is value)
        return word, "0"
    return ("", "403") if value is None else (str(value), "0")
