"""Reference data: the instruments with what the account holds in them, read again and again over REST."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.domain.money import ZERO, tidy
from app.venues.common.failures import ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error
from app.venues.qfex.link.pace import Pace
from app.venues.qfex.link.rest import Rest
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.rows import Position

log = logging.getLogger("redline.venues")

#: A clock this far off is worth a word; signatures are stamped with QFEX's time all the same.
_SKEW_WORTH_TELLING = 5 * SECOND


class Instruments:
    """The instruments, each with the position and the leverage of the account in it.

    Attributes:
        currency: margin asset of all instruments, in which balances and fees are told.
    """

    def __init__(self, reporter: Reporter) -> None:
        self.currency = "USD"
        self._reporter = reporter
        self._instruments: dict[str, Instrument] = {}
        self._positions: dict[str, Position] = {}

    def market(self, symbol: str) -> Instrument | None:
        """Return the rules of a market, None where they are not known."""
        return self._instruments.get(symbol)

    def take(self, instruments: Iterable[Instrument]) -> None:
        """Take in all instruments, and report those that changed; an empty list takes nothing away."""
        instruments = tuple(instruments)
        if not instruments:
            return
        before, self._instruments = self._instruments, {each.symbol: each for each in instruments}
        margins = {each.attribute(words.MARGIN_ASSET) for each in self._instruments.values()} - {""}
        if len(margins) == 1:
            self.currency = margins.pop()
        changed = [each for symbol, each in self._instruments.items() if before.get(symbol) != each]
        if changed:
            self._reporter.instruments(self._with_position(each) for each in changed)

    def take_position(self, position: Position) -> None:
        """Take in a position, and report its instrument if it changed."""
        if self._positions.get(position.symbol) == position:
            return
        self._positions[position.symbol] = position
        instrument = self._instruments.get(position.symbol)
        if instrument is not None:
            self._reporter.instruments([self._with_position(instrument)])

    def _with_position(self, instrument: Instrument) -> Instrument:
        position = self._positions.get(instrument.symbol)
        if position is None:
            return instrument
        extra = [(words.POSITION, tidy(position.size))]
        if position.leverage is not None and position.leverage > ZERO:
            extra.append((words.LEVERAGE, tidy(position.leverage)))
        return replace(instrument, attributes=(*instrument.attributes, *extra))


class ReferenceData:
    """Keeps the instruments fresh. Each reading also tells QFEX's time, which stamps logins."""

    def __init__(self, rest: Rest, instruments: Instruments, reporter: Reporter, pace: Pace) -> None:
        self._rest = rest
        self._instruments = instruments
        self._reporter = reporter
        self._pace = pace
        self._was_read = asyncio.Event()
        self._read_again = asyncio.Event()
        self._skew_told = self._complained = False

    async def run(self) -> None:
        """Read the instruments until cancelled; a failure is told once until a reading succeeds."""
        while True:
            wait = await self._round()
            self._was_read.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._read_again.wait()
            self._read_again.clear()

    async def _round(self) -> float:
        """Read the instruments once, and return how long to wait; what nobody foresaw costs this one reading."""
        try:
            self._instruments.take(await as_error(self._rest.instruments()))
        except ReadFailed as error:
            self._complain(str(error))
        except Exception as error:
            log.exception("a reading of QFEX's instruments failed")
            self._complain(f"QFEX's instruments cannot be read ({type(error).__name__}: {error})")
        else:
            self._complained = False
            if faults := self._rest.faults:
                more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
                self._reporter.notice_once(
                    f"QFEX lists markets that cannot be read: {faults[0].rstrip('.')}{more}.", serious=False
                )
            return self._pace.reference_every
        return max(self._pace.reference_retry, self._rest.pause)

    def _complain(self, text: str) -> None:
        if not self._complained:
            self._complained = True
            self._reporter.notice(
                f"{text.rstrip('.')}. Without instruments ticks, lots and limits are not checked; trying again."
            )

    async def head_start(self) -> None:
        """Let one reading come before a login, for a while, and tell a clock that is off."""
        if self._was_read.is_set():
            # Either clock may have been set since the last reading, or this machine may have slept.
            self._was_read.clear()
            self._read_again.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.head_start):
                await self._was_read.wait()
        skew = self._rest.skew
        if abs(skew) >= _SKEW_WORTH_TELLING and not self._skew_told:
            self._skew_told = True
            direction = "behind" if skew > 0 else "ahead of"
            self._reporter.notice(
                f"This machine's clock is {abs(skew) // SECOND} s {direction} QFEX's; requests are stamped with QFEX's "
                "time, but set the clock right."
            )
