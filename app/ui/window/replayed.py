"""Open a journal as a replay: the same window over the record of a ticket, with no way to a venue."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from threading import Event

from PySide6.QtWidgets import QVBoxLayout

from app.desk.journal.store import CHECKPOINT, StoreError
from app.desk.replay.copying import NotReplayed
from app.desk.replay.desk import ReplayDesk
from app.desk.replay.player import Player
from app.desk.replay.record import Record, read
from app.domain.account import REPLAY, worlds
from app.domain.form import InputError
from app.domain.ports import Venue
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import run as run_loop
from app.runtime.tasks import Tasks
from app.runtime.temporary import TemporaryFolder
from app.ui.look.keymap import Keymap
from app.ui.look.keymap_file import read_keymap
from app.ui.look.numbers import grouped
from app.ui.look.plain import WORLD
from app.ui.look.texts import writable
from app.ui.look.theme import Theme
from app.ui.replay.bar import ReplayBar
from app.ui.replay.notices import ReplayNotices
from app.ui.replay.scrubber import Scrubber
from app.ui.replay.words import outside_words
from app.ui.window.application import make_application
from app.ui.window.main_window import MainWindow
from app.ui.window.preferences import Preferences, keys_path
from app.ui.window.ticket import Registry

log = logging.getLogger("redline.ui")

#: Exit codes, as those of the headless verbs.
_HELD, _NOT_OPENED, _BROKEN = 0, 2, 3

#: Seconds of reading before the window opens on it: what cannot be shown mostly turns out before.
_OPENS_AFTER = 0.7

#: Rows between two words on how far the reading is.
_SAY_EVERY = 5_000

_ADVICE = "Close this window and open another file. The journal itself was not touched."


class _GivenUp(Exception):
    """The window was closed while the journal was read."""


@dataclass(slots=True)
class Replay:
    """An open replay; `scrubber` and what else belongs to the record are None until it is read, `failed` if never."""

    window: MainWindow
    desk: ReplayDesk | None = None
    record: Record | None = None
    scrubber: Scrubber | None = None
    failed: bool = False

    @property
    def code(self) -> int:
        """Return the exit code: 3 where the chain does not hold, 2 where nothing could be shown."""
        if self.failed:
            return _NOT_OPENED
        return _BROKEN if self.record is not None and self.record.faults else _HELD


@dataclass(frozen=True, slots=True)
class _Wish:
    """The moment to show first, and who is told where it is not to be had."""

    moment: int | None
    life: Lifecycle
    say: Callable[[str], None]


@asynccontextmanager
async def replayed(
    theme: Theme,
    path: Path,
    moment: int | None,
    registry: Registry,
    life: Lifecycle,
    keys: Keymap | None = None,
    say: Callable[[str], None] = log.info,
) -> AsyncIterator[Replay]:
    """A window with the record in it, on screen as soon as that is read, or while the reading takes long.

    Where nothing can be shown and no window is open yet, none is opened, and `life` is asked to stop.

    Args:
        theme: the theme in use.
        path: the journal.
        moment: nanoseconds UTC, the moment to show first; None for the end.
        registry: gives the venues by name, for their rules and titles.
        life: of the window.
        keys: the keys in force; those of the program's own table if left out.
        say: takes sentences for who started the program.
    """
    sink, given_up = ErrorSink(), Event()
    tasks = Tasks(sink)
    window = MainWindow(theme, sink, life, keys=keys)
    replay = Replay(window)
    with TemporaryFolder("replay") as folder, sink.installed(asyncio.get_running_loop()):
        window.setWindowTitle(writable(f"{REPLAY} – {path.name}"))
        try:
            tasks.spawn(_open(replay, theme, path, registry, folder, given_up, _Wish(moment, life, say)), name="open")
            yield replay
        finally:
            given_up.set()
            await tasks.close()
            if replay.scrubber is not None:
                replay.scrubber.stop()
            life.allow_close()
            window.close()
            window.deleteLater()


async def _open(
    replay: Replay, theme: Theme, path: Path, registry: Registry, folder: Path, given_up: Event, wish: _Wish
) -> None:
    """Read the journal beside the window, and show it; what is wrong with it is said to who started the program."""
    window, loop = replay.window, asyncio.get_running_loop()
    window.start.show_progress(f"Reading {path.name}…", can_close=True)

    def count(done: int) -> None:
        if window.ticket is None and not given_up.is_set() and not replay.failed:
            words = f"Reading {path.name}: {grouped(Decimal(done))} rows checked…"
            window.start.show_progress(words, can_close=True)

    def at_row(done: int) -> None:
        if given_up.is_set():
            raise _GivenUp
        if done and done % _SAY_EVERY == 0:
            loop.call_soon_threadsafe(count, done)

    opens = loop.call_later(_OPENS_AFTER, window.show)
    try:
        record = await asyncio.to_thread(read, path, folder, at_row)
    except _GivenUp:
        return
    except (NotReplayed, StoreError, OSError) as error:
        log.info("not replayed: %s", error)
        replay.failed = True
        wish.say(str(error))
        window.fail(str(error), str(path), _ADVICE, can_retry=False)
        if not window.isVisible():
            wish.life.request_stop()
        return
    finally:
        opens.cancel()
    window.show()
    show(replay, theme, record, _known(registry, record))
    assert replay.scrubber is not None
    replay.scrubber.shown.connect(lambda step: log.info("shown: row %d of %d", step, len(record.steps)))
    if wish.moment is None:
        replay.scrubber.go(len(record.steps))
        return
    outside = outside_words(record, wish.moment)
    if outside:
        wish.say(outside)
    replay.scrubber.go(max(1, record.step_at(wish.moment)), outside)


def _known(registry: Registry, record: Record) -> Mapping[str, Venue]:
    """The venues of a record that this version knows."""
    venues: dict[str, Venue] = {}
    for name in dict.fromkeys(each.venue for each in record.parties.values()):
        try:
            venues.update(registry({name}))
        except InputError:
            log.info("the venue %s of the record is not known here", name)
    return venues


def show(replay: Replay, theme: Theme, record: Record, venues: Mapping[str, Venue]) -> None:
    """Move the ticket of a record into the window, at its beginning."""
    window = replay.window
    desk = ReplayDesk(record, venues)
    rules = {name: venue.rulebook for name, venue in venues.items()}
    checkpoints = [place for place, step in enumerate(record.steps, 1) if step.kind == CHECKPOINT]
    player = Player(len(record.steps), record.rows, rules, checkpoints=checkpoints)
    ticket = window.attach(desk)
    desk.subscribe(lambda rows, accounts: ticket.start_over())
    ticket.away.stop()  # what happened while a link was lost is seen by going there
    ticket.notices = ReplayNotices(desk, ticket.rows, ticket.banner, record.faults)
    bar = ReplayBar(len(record.steps), ticket)
    layout = ticket.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.insertWidget(layout.indexOf(ticket.top) + 1, bar)
    replay.desk, replay.record = desk, record
    replay.scrubber = Scrubber(desk, record, player, bar)

    def name_world(step: int) -> None:
        """Say whose record it is, as of the moment shown: an account may have changed its world."""
        words = worlds(desk.accounts.values())
        window.setProperty(WORLD, words)
        window.setWindowTitle(writable(f"{REPLAY} – {record.path.name} · {words.removeprefix(REPLAY).strip()}"))
        ticket.top.name_world()

    name_world(0)
    replay.scrubber.shown.connect(name_world)


def run(arguments: argparse.Namespace, registry: Registry, say: Callable[[str], None]) -> int:
    """Open the window on a journal and stay until it is closed.

    Args:
        arguments: `file` (a path), `at` (nanoseconds UTC or None) and `theme` (a name or None).
        registry: gives the venues by name.
        say: takes sentences for standard error.

    Returns:
        The exit code: 0, 3 where the record does not hold, 2 where nothing of it could be shown.
    """
    app, theme = make_application(arguments.theme)
    preferences = Preferences()
    if arguments.theme is None:
        theme.use(preferences.colours() or theme.colours)
    preferences.follow(theme)
    life = Lifecycle()

    async def main() -> int:
        keys = read_keymap(keys_path())
        async with replayed(theme, arguments.file, arguments.at, registry, life, keys, say) as replay:
            preferences.restore(replay.window)
            replay.window.fit()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, life.request_stop)
            app.aboutToQuit.connect(life.request_stop)
            await life.stopping()
            if replay.window.isVisible():
                preferences.keep(replay.window)
            return replay.code

    return run_loop(main, app=app)
