"""Zone that times are told in: the one of this machine, UTC, or one by its name."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from app.domain.instants import NO_MOMENT, utc

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - times of UTC, as `fromutc` gets them
_SECOND, _THOUSANDTH = 1_000_000_000, 1_000_000


class Here(tzinfo):
    """The zone of this machine, summer time included, as the system has it."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """Return how far a local time is ahead of UTC."""
        return None if dt is None else _ahead(dt.replace(tzinfo=None).timestamp())

    def dst(self, dt: datetime | None) -> timedelta | None:
        """Nothing: the offset has it."""
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        """The system's name of it at that time."""
        return None if dt is None else time.localtime(dt.replace(tzinfo=None).timestamp()).tm_zone

    def fromutc(self, dt: datetime) -> datetime:
        """Return a time of UTC as one of here."""
        ahead = _ahead((dt.replace(tzinfo=None) - _EPOCH).total_seconds())
        local = dt + ahead
        # Of an hour that comes twice, which of the two it is.
        return local if self.utcoffset(local) == ahead else local.replace(fold=1)


def _ahead(seconds: float) -> timedelta:
    return timedelta(seconds=time.localtime(seconds).tm_gmtoff)


def zone(name: str) -> tzinfo:
    """Return a zone by its name, for an option.

    Raises:
        argparse.ArgumentTypeError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        text = f"“{name}” is no zone; write one such as Europe/Madrid, America/Mexico_City or UTC"
        raise argparse.ArgumentTypeError(text) from None


def chosen(arguments: argparse.Namespace) -> tzinfo:
    """Return the zone that the options `--utc` and `--tz` choose; this machine's without them."""
    if arguments.utc:
        return UTC
    found: tzinfo | None = arguments.tz
    return Here() if found is None else found


def add_options(to: argparse.ArgumentParser) -> None:
    """Let a verb be asked for times in a zone."""
    either = to.add_mutually_exclusive_group()
    either.add_argument("--utc", action="store_true", help="times in UTC (by default in this machine's zone)")
    either.add_argument("--tz", type=zone, metavar="ZONE", help="times in this zone, such as Europe/Madrid")


def told(at: int, of: tzinfo) -> str:
    """Return nanoseconds since 1970 as a time with a thousandth of a second, and how far it is ahead of UTC."""
    moment = utc(at)
    try:
        local = moment.astimezone(of) if moment is not None else None
    except (OverflowError, ValueError, OSError):
        local = None
    if local is None:
        return f"{NO_MOMENT} ({at} ns)"
    ahead = local.strftime("%z")
    ahead = "Z" if ahead in ("+0000", "-0000") else f"{ahead[:3]}:{ahead[3:5]}"
    return f"{local:%Y-%m-%d %H:%M:%S}.{at % _SECOND // _THOUSANDTH:03d}{ahead}"
