"""Move a ticket into the window: its configuration, its desk, its journal; and what is said where one of them fails."""

from __future__ import annotations

import logging
from pathlib import Path

from app.desk.journal.writer import JournalError
from app.domain.form import InputError
from app.runtime.opening import journal_path, open_desk
from app.runtime.practice_child import PracticeChild, PracticeStartError
from app.runtime.settings import SettingsError, load
from app.ui.window.ticket import Registry, Ticket

log = logging.getLogger("redline.ui")


async def attach(
    ticket: Ticket, source: Path | PracticeChild, registry: Registry, journal: Path | None, *, keeping: bool
) -> None:
    """Find the configuration and move the ticket into the window; a mistake in it is said there, with the way on.

    Args:
        ticket: the ticket, which has its window and not yet a desk.
        source: the configuration, or the practice venues that are to write one.
        registry: gives the venues by name.
        journal: the journal's file, None where none is named.
        keeping: whether a journal is kept at the configuration's own place where none is named.
    """
    child, config = (source, None) if isinstance(source, PracticeChild) else (None, source)
    if config is not None and journal is None and keeping:
        journal = journal_path(config)
    ticket.window.tell("Starting…")
    try:
        if child is not None:
            ticket.window.tell("Starting the practice venues…")
            child.start()
            config = await child.ready()
        assert config is not None
        settings = load(config)
        desk = open_desk(settings, registry, journal)
    except (SettingsError, PracticeStartError, InputError, JournalError) as error:
        log.info("not started: %s", error)
        file, advice = _way_on(error, config)
        ticket.window.fail(str(error), file, advice, can_retry=child is None)
        return
    ticket.desk, ticket.settings = desk, settings
    ticket.window.attach(desk)
    if journal is not None and child is None:
        # Of practice venues of our own nothing is left at the next start.
        ticket.window.keep_drafts(journal.with_name(f"{journal.stem}-drafts.json"), desk)
    ticket.tasks.spawn(desk.run(), name="desk")


def _way_on(error: Exception, config: Path | None) -> tuple[str, str]:
    """The file an error at the start is about, "" for none, and what to do."""
    match error:
        case PracticeStartError():
            return "", "Close this window and start Redline again."
        case JournalError():
            return "", "Do what the sentence says, then press “Try again”. Without a record nothing can be sent."
        case _:
            advice = (
                "Correct this file and press “Try again”. To look around without an account, start Redline without a "
                "configuration: it brings its own practice venues."
            )
            return str(config.absolute()) if config is not None else "", advice
