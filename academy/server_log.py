"""Lines of the web server itself, as JSON like all others; its main process loads nothing else of ours."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

CONFIGURATION = Path(__file__).with_suffix(".json")


class JsonLine(logging.Formatter):
    """Write a message as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write when, how grave, what and who says it."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        line = {
            "at": at,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
