"""Pytest plugin: a log record at WARNING or above that no test announced fails the test.

Two ways to announce one::

    with caplog.at_level(logging.WARNING):   # exactly this level, while the block lasts
        ...

    announced_logs.expect("order .* unknown", logging.ERROR)   # must come
    announced_logs.allow("link lost")                          # may come
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest


@dataclass(slots=True)
class _Announcement:
    pattern: re.Pattern[str]
    level: int
    required: bool
    seen: int = 0

    def covers(self, record: logging.LogRecord, text: str) -> bool:
        return record.levelno == self.level and self.pattern.search(text) is not None


@dataclass(slots=True)
class AnnouncedLogs:
    """The records a test says may or must come."""

    _announcements: list[_Announcement] = field(default_factory=list)

    def expect(self, pattern: str, level: int = logging.WARNING) -> None:
        """Announce a record that must come at least once; the test fails when it does not."""
        self._announcements.append(_Announcement(re.compile(pattern), level, required=True))

    def allow(self, pattern: str, level: int = logging.WARNING) -> None:
        """Announce a record that may come any number of times."""
        self._announcements.append(_Announcement(re.compile(pattern), level, required=False))

    def take(self, record: logging.LogRecord) -> bool:
        """Say whether the record was announced, and remember that it came."""
        text = record.getMessage()
        for announcement in self._announcements:
            if announcement.covers(record, text):
                announcement.seen += 1
                return True
        return False

    def missing(self) -> list[str]:
        """The expected patterns that never came."""
        return [entry.pattern.pattern for entry in self._announcements if entry.required and not entry.seen]


class _Watch(logging.Handler):
    """Collects the records nobody announced."""

    def __init__(self, caplog_handler: logging.Handler, announced: AnnouncedLogs) -> None:
        super().__init__(logging.WARNING)
        self._caplog_handler = caplog_handler
        self._announced = announced
        self.surprises: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # caplog.at_level() sets the level of caplog's own handler for the length of its block.
        if self._caplog_handler.level == record.levelno or self._announced.take(record):
            return
        line = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f" ({record.exc_info[1]!r})"
        self.surprises.append(line)


@pytest.fixture
def announced_logs() -> AnnouncedLogs:
    """Announce log records by pattern; see the module's text."""
    return AnnouncedLogs()


@pytest.fixture(autouse=True)
def _logfail(caplog: pytest.LogCaptureFixture, announced_logs: AnnouncedLogs) -> Iterator[None]:
    watch = _Watch(caplog.handler, announced_logs)
    root = logging.getLogger()
    root.addHandler(watch)
    try:
        yield
    finally:
        root.removeHandler(watch)
    if watch.surprises:
        pytest.fail("log records nobody announced:\n  " + "\n  ".join(watch.surprises), pytrace=False)
    if missing := announced_logs.missing():
        pytest.fail(f"announced log records that never came: {missing}", pytrace=False)
