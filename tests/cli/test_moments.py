"""Moments as a person writes them: what is read, and what is said of what is none."""

from __future__ import annotations

import pytest

from app.cli.moments import nanoseconds_of
from app.cli.parser import parser

ZONES = "a zone is written as Z or +01:00, and without one the time is UTC"


@pytest.mark.parametrize("text", ["2026-11-21T09:30", "2026-11-21T09:30Z", "2026-11-21 10:30+01:00", "20261121T0930"])
def test_without_a_zone_it_is_utc(text: str) -> None:
    assert nanoseconds_of(text) == 1_795_253_400_000_000_000


@pytest.mark.parametrize(
    "text,why",
    [
        ("2026-02-30T00:00:00", "there is no day 2026-02-30"),
        ("2026-13-01", "there is no day 2026-13-01"),
        ("2026-11-21T25:00", "there is no 25:00 in a day; write it as in 09:30 or 09:30:05.120"),
        ("2026-11-21T9:30", "there is no 9:30 in a day; write it as in 09:30 or 09:30:05.120"),
        ("2026-11-21T00:14:02-99:00", f"-99:00 is not a zone; {ZONES}"),
        ("2026-11-21T00:14:02 Europe/Berlin", f"Europe/Berlin is not a zone; {ZONES}"),
        ("2026-11-21T00:14 CET", f"CET is not a zone; {ZONES}"),
    ],
)
def test_it_says_which_part_is_wrong(text: str, why: str) -> None:
    with pytest.raises(ValueError) as error:
        nanoseconds_of(text)
    assert str(error.value) == f"“{text}” is not a time: {why}"


def test_a_time_without_a_day_and_no_time_at_all() -> None:
    with pytest.raises(ValueError, match="“00:14:02” has no day; write it as in 2026-11-21T00:14:02"):
        nanoseconds_of("00:14:02")
    for text in ("yesterday", "", "2026-11-21TCET", "2026-11", "²"):
        with pytest.raises(ValueError) as error:
            nanoseconds_of(text)
        assert str(error.value) == f"“{text}” is not a time; write 2026-11-21 or 2026-11-21T09:30; {ZONES}"


@pytest.mark.parametrize("words", [("open", "a.db", "--at"), ("journal", "--since")])
def test_both_verbs_read_them_alike(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args([*words, "2026-02-30"])
    assert "there is no day 2026-02-30" in capsys.readouterr().err
