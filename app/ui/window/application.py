"""Open the window: the application object, the desk behind it, the practice venues if nothing else is configured."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.desk.desk import Desk
from app.desk.journal.writer import JournalError
from app.domain.form import InputError
from app.domain.ports import Venue
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.opening import journal_path, open_desk
from app.runtime.practice_child import PracticeChild, PracticeStartError
from app.runtime.qtloop import run as run_loop
from app.runtime.resources import resource_root
from app.runtime.settings import Settings, SettingsError, load
from app.runtime.tasks import Tasks
from app.ui.look.fonts import load_fonts
from app.ui.look.keymap import Keymap
from app.ui.look.keymap_file import read_keymap
from app.ui.look.style import apply_theme
from app.ui.look.theme import DARK, PALETTES, Theme
from app.ui.window.main_window import MainWindow
from app.ui.window.preferences import Preferences, keys_path

log = logging.getLogger("redline.ui")

Registry = Callable[[set[str]], Mapping[str, Venue]]


@dataclass(slots=True)
class Ticket:
    """A running ticket: its window, its desk and settings (None until there is a configuration), its tasks and end."""

    window: MainWindow
    tasks: Tasks
    sink: ErrorSink
    life: Lifecycle
    desk: Desk | None = None
    settings: Settings | None = None


def make_application(theme_name: str | None) -> tuple[QApplication, Theme]:
    """The application object with the shipped fonts and a theme. Called once a process."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Redline")
    app.setDesktopFileName("redline")
    # The program ends when its main task is done, not when some window closes.
    app.setQuitOnLastWindowClosed(False)
    load_fonts(resource_root() / "fonts")
    theme = Theme(PALETTES.get(theme_name or DARK.name, DARK))
    apply_theme(app, theme)
    return app, theme


@asynccontextmanager
async def opened(
    theme: Theme,
    config: Path | None,
    registry: Registry,
    *,
    quiet: bool = False,
    journal: Path | None = None,
    with_day: bool = False,
    keys: Keymap | None = None,
) -> AsyncIterator[Ticket]:
    """A window on screen at once, and a desk in it as soon as there is a configuration.

    Args:
        theme: the theme in use.
        config: the configuration; None starts the practice venues as a child of this process.
        registry: gives the venues by name.
        quiet: whether the practice market moves only on request.
        journal: the journal's file, None to keep none.
        with_day: keep a journal as long as the practice venues of this process live, where none is named.
        keys: the keys in force; those of the program's own table if left out.
    """
    sink, life = ErrorSink(), Lifecycle()
    tasks = Tasks(sink)
    window = MainWindow(theme, sink, life, keys=keys)
    ticket = Ticket(window, tasks, sink, life)
    child = PracticeChild(quiet=quiet) if config is None else None
    if child is not None and journal is None and with_day:
        journal = child.journal
    with sink.installed(asyncio.get_running_loop()):
        window.show()
        try:

            def start() -> None:
                tasks.spawn(_attach(ticket, config, child, registry, journal), name="start")

            window.retry_wanted.connect(start)
            start()
            yield ticket
        finally:
            await tasks.close()
            if ticket.desk is not None:
                await ticket.desk.close()
            if child is not None:
                child.stop()
            life.allow_close()
            window.close()
            window.deleteLater()


async def _attach(
    ticket: Ticket, config: Path | None, child: PracticeChild | None, registry: Registry, journal: Path | None
) -> None:
    """Find the configuration and move the ticket into the window; a mistake in it is said there, with the way on."""
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


def run(arguments: argparse.Namespace, registry: Registry) -> int:
    """Open the window and stay until it is closed.

    Args:
        arguments: `config` (a path or None), `theme` (a name or None), `journal` (a path or None), `no_journal`.
        registry: gives the venues by name.

    Returns:
        The exit code.
    """
    app, theme = make_application(arguments.theme)
    preferences = Preferences()
    if arguments.theme is None:
        theme.use(preferences.colours() or theme.colours)
    preferences.follow(theme)
    journal = arguments.journal
    if journal is None and arguments.config is not None and not arguments.no_journal:
        journal = journal_path(arguments.config)
    # The practice venues of our own end with us; what was in flight there cannot be looked up by a later window.
    with_day = journal is None and arguments.config is None and not arguments.no_journal

    async def main() -> int:
        keys = read_keymap(keys_path())
        async with opened(theme, arguments.config, registry, journal=journal, with_day=with_day, keys=keys) as ticket:
            preferences.restore(ticket.window)
            ticket.window.fit()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, ticket.life.request_stop)
            app.aboutToQuit.connect(ticket.life.request_stop)
            await ticket.life.stopping()
            preferences.keep(ticket.window)
        return 0

    return run_loop(main, app=app)
