"""Times are told with how far they are ahead of UTC, in the zone that was chosen."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.cli.zones import Here, add_options, chosen, told, zone

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def madrid(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in that zone."""
    monkeypatch.setenv("TZ", "Europe/Madrid")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(words)


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000) * 1_000_000


@pytest.mark.parametrize(
    "moment, words",
    [
        ("2026-11-29T09:31:05.120+00:00", "2026-11-29 10:31:05.120+01:00"),
        ("2026-07-29T09:31:05.000+00:00", "2026-07-29 11:31:05.000+02:00"),
        ("2026-10-25T00:30:00+00:00", "2026-10-25 02:30:00.000+02:00"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25 02:30:00.000+01:00"),
    ],
)
def test_a_time_is_told_in_its_zone_here_as_by_name(madrid: None, moment: str, words: str) -> None:
    assert told(at(moment), MADRID) == words
    assert told(at(moment), Here()) == words


def test_a_local_time_is_the_same_moment_both_ways(madrid: None) -> None:
    for hour in range(0, 24 * 366, 5):
        moment = datetime(2026, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hour)
        local = moment.astimezone(Here())
        assert local.replace(tzinfo=None) == moment.astimezone(MADRID).replace(tzinfo=None)
        assert local.utcoffset() == moment.astimezone(MADRID).utcoffset()


def test_utc_ends_in_z_and_nanoseconds_are_cut() -> None:
    assert told(1_999_999_999, UTC) == "1970-01-01 00:00:01.999Z"
    assert told(10**30, UTC).startswith("an impossible time (1000000000")
    assert told(253_402_300_799 * 10**9, ZoneInfo("Asia/Tokyo")).startswith("an impossible time")


def test_a_zone_is_chosen_by_option() -> None:
    assert chosen(parsed("--utc")) is UTC
    assert chosen(parsed("--tz", "Europe/Madrid")) == MADRID
    assert isinstance(chosen(parsed()), Here)


@pytest.mark.parametrize("name", ["Nowhere", "", "../etc/passwd", "Europe", "\0"])
def test_a_name_of_no_zone_is_told(name: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no zone; write one such as Europe/Madrid"):
        zone(name)
