"""Work that goes on beside the orders: an unforeseen error ends one round of it, is told, and it begins anew."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error

log = logging.getLogger("redline.venues")

#: Seconds before work is begun anew after its first error, and at most; each further wait is twice as long.
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0


def error_text(error: BaseException) -> str:
    """Return an unforeseen error in one line: its kind and its own words, the innermost one of a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    words = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


async def keep_up(work: Callable[[], Awaitable[None]], what: str, reporter: Reporter) -> None:
    """Do work that never ends by itself until cancelled, and begin it anew after an error.

    Args:
        work: the work.
        what: names it in a sentence, such as "following prices".
        reporter: tells of an error, once while the link lasts.
    """
    wait = FIRST_WAIT
    while True:
        try:
            await as_error(work())
        except Exception as error:
            log.exception("%s of %s failed", what, reporter.account)
            reporter.notice_once(f"An unforeseen fault broke off {what} ({error_text(error)}); it begins anew.")
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)
