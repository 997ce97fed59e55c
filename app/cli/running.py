"""Parts that all verbs which ask venues share: their desk, their journals, and how they end on bad input."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from app.cli.other_journals import OtherJournals, read_others
from app.cli.output import answer_json, json_text, tell
from app.cli.parser import EXIT_INPUT
from app.cli.session import Registry, running_desk
from app.desk.desk import Desk
from app.runtime.opening import journal_path


@asynccontextmanager
async def desk_of(arguments: argparse.Namespace, registry: Registry) -> AsyncIterator[Desk]:
    """A running desk for a verb; `arguments.made` is its journal if that was made just now."""
    async with running_desk(Path(arguments.config), registry, journal_of(arguments)) as desk:
        if desk.journal is not None and desk.journal.new:
            arguments.made = desk.journal.path
        yield desk


def fail(arguments: argparse.Namespace, sentence: str, code: int = EXIT_INPUT, lines: Sequence[str] = ()) -> int:
    """Say one sentence on standard error (and as JSON where asked) and return the exit code.

    Args:
        arguments: `json` where a document is asked for.
        sentence: what is wrong.
        code: the exit code.
        lines: its parts, where each has a line of its own.
    """
    if getattr(arguments, "json", False):
        answer_json(json_text({"error": sentence, "exit": code}, indent=None))
    for each in lines or (sentence,):
        tell(each)
    return code


async def other_journals(desk: Desk, arguments: argparse.Namespace) -> OtherJournals:
    """Amendments in flight in the journals of this configuration that this run does not write."""
    config = Path(arguments.config)
    kept = journal_of(arguments)
    return await read_others(desk, [*([kept] if kept is not None else []), journal_path(config)])


def journal_of(arguments: argparse.Namespace) -> Path | None:
    """Path of a verb's journal: one that sends keeps one unless told not to, one that reads only where told."""
    if arguments.no_journal or (arguments.journal is None and arguments.verb not in ("amend", "cancel")):
        return None
    return Path(arguments.journal or journal_path(Path(arguments.config)))
