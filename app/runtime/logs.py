"""The program's log: one line a record, for somebody who looks for a fault; every configured secret is masked in it.

Without `--verbose` or `REDLINE_LOG`, warnings and errors go to standard error. Libraries log addresses, headers and
frames at DEBUG, so the whole of a record is searched: its arguments, its text, and the traceback of its exception.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from app.domain.account import Account
from app.domain.masking import MASK, SHORTEST, Masker
from app.domain.plain import one_line

#: Environment variable that says how much is logged and where.
VARIABLE = "REDLINE_LOG"

#: Levels by the names a person writes.
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

#: Level for each number of `-v` given; more count as the last.
_VERBOSE = (logging.WARNING, logging.INFO, logging.DEBUG)

#: Header or field that carries a proof of who we are, made from a secret or given for one, and its value.
_PROOF = re.compile(
    r"""((?:api_?key|access-key|sign|signature|hmac|token|passphrase|password|secret|authorization|cookie)"""
    r"""(?:\\*["']\s*[:=,]|\s*[:=])\s*(?:b?\\*["'])?)([^"'\\&,;}\])\r\n]+)""",
    re.IGNORECASE,
)


class LogError(ValueError):
    """A log that cannot be kept as asked; one sentence that says what to write."""


class _Secrets:
    """The secrets of every account configured in this process, and the way to take them out of a text."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._masker = Masker(())
        self._words: re.Pattern[str] | None = None

    def add(self, accounts: Iterable[Account]) -> None:
        """Mask the credentials of these accounts from now on."""
        self._texts |= {secret.reveal() for account in accounts for secret in account.credentials.values()} - {""}
        # A log shows texts and bytes as Python writes them, too.
        self._masker = Masker({each for text in self._texts for each in (text, repr(text)[1:-1], ascii(text)[1:-1])})
        # The masker leaves numbers and short words alone; in a log they go where they stand by themselves.
        words = sorted(text for text in self._texts if len(text) < SHORTEST or text.isdigit())
        self._words = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, words))})(?![\w.])") if words else None

    def masked(self, text: str) -> str:
        """The text without any of them, and without signatures and tokens."""
        text = self._masker.text(text)
        if self._words is not None:
            text = self._words.sub(MASK, text)
        return _PROOF.sub(rf"\g<1>{MASK}", text)

    def masked_value(self, value: Any) -> Any:
        """An argument of a record with its texts masked, before its own `str` may cut a secret in two."""
        match value:
            case str():
                return self.masked(value)
            case bytes() | bytearray() | memoryview():
                text = bytes(value).decode("utf-8", "surrogateescape")
                return self.masked(text).encode("utf-8", "surrogateescape")
            case tuple() | list():
                return tuple(map(self.masked_value, value))
            case Mapping():
                return {key: self.masked_value(each) for key, each in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            shown = {each.name: self.masked_value(getattr(value, each.name)) for each in fields(value) if each.init}
            return replace(value, **shown)
        return value


_secrets = _Secrets()


def keep_secret(accounts: Iterable[Account]) -> None:
    """Mask the credentials of these accounts in everything logged from now on."""
    _secrets.add(accounts)


def without_secrets(text: str) -> str:
    """The text as it may be shown, without any secret of an account configured in this process."""
    return _secrets.masked(text)


#: Begin of a line as it is written, and how many bytes of a file are looked at for it.
_LINE, _HEAD = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z [A-Z]+ "), 64


class _OneLine(logging.Formatter):
    """UTC time, level, logger and text on one line; the lines of a traceback follow, indented."""

    def format(self, record: logging.LogRecord) -> str:
        safe = logging.makeLogRecord(record.__dict__)
        safe.args = _secrets.masked_value(record.args)
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        traces = [self.formatException(record.exc_info)] if record.exc_info else []
        lines = _secrets.masked("\n".join([*traces, *([record.stack_info] if record.stack_info else [])])).splitlines()
        head = f"{at} {record.levelname} {record.name}: {one_line(_secrets.masked(safe.getMessage()))}"
        return "\n".join([head, *(f"    {one_line(line)}" for line in lines)])


class _Stream(logging.StreamHandler[Any]):
    """Writes records; one that cannot be written is left out, as logging's own complaint would show it unmasked."""

    def handleError(self, _: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        pass


@contextmanager
def logged(verbose: int, wanted: str) -> Iterator[None]:
    """Keep the log as asked while the block lasts.

    Args:
        verbose: number of `-v` given; if not 0 it decides how much is logged.
        wanted: `LEVEL` or `LEVEL:FILE`, "" for warnings on standard error.

    Raises:
        LogError: `wanted` is no such text, or the file cannot be written.
    """
    name, colon, file = wanted.partition(":")
    if wanted and (name.lower() not in LEVELS or (colon and not file)):
        raise LogError(
            f"{VARIABLE} is “{wanted}”; write debug, info, warning or error, with a file after a colon if it shall go "
            "to one, such as info:redline.log."
        )
    level = _VERBOSE[min(verbose, len(_VERBOSE) - 1)] if verbose or not wanted else LEVELS[name.lower()]
    handler = _file_handler(file) if file else _Stream(sys.stderr)
    handler.setFormatter(_OneLine())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        with _uncaught():
            yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        if file:
            # What a full disk did not take was left out record by record; it is not the end of what was done.
            with suppress(OSError):
                handler.stream.close()


@contextmanager
def _uncaught() -> Iterator[None]:
    """Let errors that nobody caught end in the log, masked and on lines of their own; Python would print them raw."""
    log = logging.getLogger("redline.errors")
    before = sys.excepthook, threading.excepthook, sys.unraisablehook

    def on_error(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.error("unforeseen", exc_info=error)

    def on_thread_error(args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread is not None else "unnamed"
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            log.error("thread %s", name, exc_info=args.exc_value)

    def on_unraisable(args: sys.UnraisableHookArgs) -> None:
        log.error("%s", args.err_msg or "ignored", exc_info=args.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = on_error, on_thread_error, on_unraisable
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before


def _is_log(path: Path) -> bool:
    """Return True for a file that is to be made, is empty, or begins as a log does; what is no file tells itself."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return True
        with path.open("rb") as opened:
            begin = opened.read(_HEAD)
    except OSError:
        return True
    return not begin or _LINE.match(begin) is not None


def _file_handler(file: str) -> _Stream:
    path = Path(file).expanduser()
    if not _is_log(path):
        raise LogError(f"{VARIABLE}: {file} is no log of Redline, and nothing is written into it; name another file.")
    # Without O_NONBLOCK a named pipe would be waited for until somebody reads it.
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise LogError(f"{VARIABLE}: {file} cannot be written ({error.strerror}); name another file.") from None
    return _Stream(open(number, "a", encoding="utf-8", errors="backslashreplace"))
