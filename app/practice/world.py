"""The practice world: every venue found in `app/practice/venues`, started on loopback, with a market that moves.

Venues are found by their folder, so none is named here. Each folder's `server` module offers
`build(world) -> VenueServer`.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import pkgutil
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import app.practice.venues
from app.practice.exchange.clock import PracticeClock, RealClock
from app.practice.exchange.errors import PracticeError
from app.practice.server.config import to_toml, write_atomically
from app.practice.server.control import ControlEndpoint
from app.practice.server.server import VenueServer

_log = logging.getLogger(__name__)

#: Seconds between two beats of the market.
TICK_MS = 400


def find_venues() -> tuple[str, ...]:
    """Return the names of the venue folders of `app/practice/venues`, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(app.practice.venues.__path__) if module.ispkg))


class PracticeWorld:
    """Practice venues and their control endpoint.

    Args:
        seed: the day; the same seed gives the same one.
        venues: which to start; None for all there are.
        quiet: the market does nothing by itself.
        make_clock: how every venue gets its own clock.

    Attributes:
        venues: the venue servers by name.
    """

    def __init__(
        self,
        seed: int = 1,
        venues: Iterable[str] | None = None,
        *,
        quiet: bool = False,
        make_clock: Callable[[], PracticeClock] = RealClock,
    ) -> None:
        self.seed = seed
        self.quiet = quiet
        self._make_clock = make_clock
        self.venues: dict[str, VenueServer] = {}
        for name in find_venues() if venues is None else venues:
            venue = self._build(name)
            if venue is not None:
                self.venues[name] = venue
        self.set_quiet(quiet)
        self._control = ControlEndpoint(self)
        self._ticker: asyncio.Task[None] | None = None
        self.stopped = asyncio.Event()

    def make_clock(self) -> PracticeClock:
        """A clock for one venue."""
        return self._make_clock()

    async def start(self) -> None:
        """Open every port and let the market move."""
        await asyncio.gather(*(venue.start() for venue in self.venues.values()), self._control.listener.start())
        self._ticker = asyncio.create_task(self._tick(), name="practice market")
        self._ticker.add_done_callback(_say_why)

    async def stop(self) -> None:
        """Stop the market and close every port."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
            self._ticker = None
        await asyncio.gather(*(venue.stop() for venue in self.venues.values()), self._control.listener.stop())

    async def __aenter__(self) -> PracticeWorld:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def control_url(self) -> str:
        """Address of the control endpoint, once started."""
        return self._control.listener.url

    def set_quiet(self, quiet: bool) -> None:
        """Stop or restart what the market does by itself."""
        self.quiet = quiet
        for venue in self.venues.values():
            venue.switches.set("market", "quiet" if quiet else "live")

    def beat(self, ticks: int) -> None:
        """Let the market beat now, so many times, unless it is quiet."""
        for _ in range(ticks):
            for venue in self.venues.values():
                venue.tick()

    def request_stop(self) -> None:
        """Ask whoever runs the world to end it."""
        self.stopped.set()

    def config(self) -> dict[str, Any]:
        """The whole configuration, once started."""
        return {
            "practice": {
                "control": self.control_url,
                "seed": self.seed,
                "tour": self._tour(),
                "login": self._logins(),
            },
            "account": [venue.config() for venue in self.venues.values()],
        }

    def _tour(self) -> list[dict[str, Any]]:
        return [
            {
                "account": venue.title,
                "venue": venue.name,
                "title": step.title,
                "order": step.order_id,
                "expect": step.expect,
                "route": step.route,
                "changes": dict(step.changes),
                **({"fault": dict(step.fault)} if step.fault else {}),
            }
            for venue in self.venues.values()
            for step in venue.tour()
        ]

    def _logins(self) -> list[dict[str, str]]:
        """Logins by name and password, for clients that know no other."""
        return [{"account": each.title, **each.login()} for each in self.venues.values() if each.login()]

    def write_config(self, path: Path) -> None:
        """Write the configuration in one step."""
        write_atomically(path, to_toml(self.config()))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_MS / 1000)
            self.beat(1)

    def _build(self, name: str) -> VenueServer | None:
        package = f"{app.practice.venues.__name__}.{name}"
        module = _module(package)
        if module is None:
            _log.info("%s has no server", package)
            return None
        venue = module.build(self)
        if not isinstance(venue, VenueServer):
            raise PracticeError(f"{package}.build did not return a venue server.")
        return venue


def _say_why(ticker: asyncio.Task[None]) -> None:
    """A market that stops for any reason but being stopped is a mistake that nobody awaits."""
    if not ticker.cancelled() and (error := ticker.exception()) is not None:
        _log.error("the practice market stopped", exc_info=error)


def _module(package: str) -> ModuleType | None:
    """The venue's `server` module; None when it has none."""
    server = f"{package}.server"
    try:
        return importlib.import_module(server)
    except ModuleNotFoundError as error:
        if error.name != server:
            raise
        return None
