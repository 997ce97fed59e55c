"""Open the window: the application object, the desk behind it, the practice venues if nothing else is configured."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.practice_child import PracticeChild
from app.runtime.qt_imports import search_no_sources
from app.runtime.qtloop import run as run_loop
from app.runtime.resources import resource_root
from app.runtime.tasks import Tasks
from app.runtime.unhindered import settle
from app.ui.look.fonts import load_fonts
from app.ui.look.keymap import Keymap
from app.ui.look.keymap_file import read_keymap
from app.ui.look.style import apply_theme
from app.ui.look.theme import DARK, PALETTES, Theme
from app.ui.window.main_window import MainWindow
from app.ui.window.preferences import Preferences, keys_path
from app.ui.window.ticket import Registry, Ticket

#: Seconds from a desk in the window until its venues have listed what they have, and the start is over; and after which
#: it counts as over whatever became of it.
_LISTED_WITHIN, _LATEST = 1.0, 5.0


def make_application(theme_name: str | None) -> tuple[QApplication, Theme]:
    """The application object with the shipped fonts and a theme. Called once a process."""
    search_no_sources()
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
    keeping: bool = False,
    keys: Keymap | None = None,
) -> AsyncIterator[Ticket]:
    """A window on screen at once, and a desk in it as soon as there is a configuration.

    Args:
        theme: the theme in use.
        config: the configuration; None starts the practice venues as a child of this process.
        registry: gives the venues by name.
        quiet: whether the practice market moves only on request.
        journal: the journal's file, None where none is named.
        keeping: whether a journal is kept where none is named, too: at the configuration's own place, or as long as the
            practice venues of this process live.
        keys: the keys in force; those of the program's own table if left out.
    """
    sink, life = ErrorSink(), Lifecycle()
    tasks = Tasks(sink)
    window = MainWindow(theme, sink, life, keys=keys)
    ticket = Ticket(window, tasks, sink, life)
    child = PracticeChild(quiet=quiet) if config is None else None
    if child is not None and journal is None and keeping:
        # They end with us; what was in flight there cannot be looked up by a later window.
        journal = child.journal
    with sink.installed(asyncio.get_running_loop()):
        window.show()
        try:

            def start() -> None:
                tasks.spawn(_attach(ticket, child or config, registry, journal, keeping=keeping), name="start")

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
    ticket: Ticket, source: Path | PracticeChild | None, registry: Registry, journal: Path | None, *, keeping: bool
) -> None:
    """Move the ticket in once the window has been seen: what that needs is not even imported before."""
    await ticket.window.seen()
    from app.ui.window.attaching import attach

    assert source is not None
    loop = asyncio.get_running_loop()
    loop.call_later(_LATEST, settle)
    try:
        await attach(ticket, source, registry, journal, keeping=keeping)
    finally:
        loop.call_later(_LISTED_WITHIN, _started)


def _started() -> None:
    """Import what the first panel needs, and let the collector have its turns."""
    import app.ui.amend.panel  # noqa: F401

    settle()


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
    keeping = arguments.journal is not None or not arguments.no_journal

    async def main() -> int:
        keys = read_keymap(keys_path())
        async with opened(
            theme, arguments.config, registry, journal=arguments.journal, keeping=keeping, keys=keys
        ) as ticket:
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
