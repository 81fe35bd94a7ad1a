"""Logs as one JSON object a line, without personal data.

No address of a visitor, no cookie, no query string and no user agent is written: the path, the
status and the time it took are enough to run the site.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

#: Attributes that every record has; whatever else it carries was given as ``extra``.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time (UTC, ISO 8601), level, logger, message, extras."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a line end; text of other origin cannot begin a new one."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def set_up(stream: TextIO | None = None) -> None:
    """Send the site's log to standard error: JSON by default, ``ATLAS_LOG=text`` for people."""
    logger = logging.getLogger("atlas")
    handler = logging.StreamHandler(stream or sys.stderr)
    if os.environ.get("ATLAS_LOG", "json") == "json":
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.handlers = [handler]
    logger.setLevel(os.environ.get("ATLAS_LOG_LEVEL", "INFO").upper())
    logger.propagate = False
    # the server's own line for each answer holds the visitor's address
    logging.getLogger("uvicorn.access").disabled = True
