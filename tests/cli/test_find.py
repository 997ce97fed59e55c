"""`redline find`: the order somebody means, where and when, and one sentence where there is none."""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

import pytest

from app.cli import find
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN, read_arguments
from app.desk.finding.index import Index, index_of
from app.desk.journal.files import remove, segments
from app.desk.journal.replay import Folded
from app.desk.journal.writer import Journal, Sizes
from app.domain import events as ev
from app.domain.amendment import Source
from tests.desk.finding.test_index import MINUTE, recorded, seen
from tests.helpers.toy_venue import T0, order


def asked(path: Path, *words: str) -> int:
    arguments = read_arguments(["find", "--journal", str(path), "--utc", *words])
    return find.run(arguments)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return recorded(
        tmp_path / "journal.db",
        seen("order-one-7788", 0),
        seen("order-two-9900", 1, symbol="XY"),
        ev.OrderSeen("toy", T0 + 2 * MINUTE, order("order-one-7788", price=None), Source.PUSH),
    )


def test_an_order_is_told_with_where_and_when(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(path, "7788") == EXIT_OK
    assert capsys.readouterr().out == (
        "toy  AB buy  order order-one-7788\n"
        "  working, 2 left\n"
        "  first seen 2023-11-14 22:13:20.000Z, row 2 of journal.db\n"
        "  last news  2023-11-14 22:15:20.000Z, row 4 of journal.db\n"
        "  order id order-one-7788 from 2023-11-14 22:13:20.000Z, row 2 of journal.db\n"
        f"  `redline story toy/order-one-7788 --journal {path}` tells what happened\n"
        f"  `redline open {path} --at 2023-11-14T22:15:20.000000000Z` shows it then\n"
        "\n"
        "1 order found\n"
    )


def test_words_may_be_apart_or_in_one_and_the_time_is_the_moment(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(path, "order", "22:14", "--json") == EXIT_OK
    told = json.loads(capsys.readouterr().out)
    assert [each["order_ids"] for each in told["orders"]] == [["order-two-9900"]]
    assert told["orders"][0]["found_by"][-1] == {
        "kind": "time",
        "text": "22:14",
        "at": "2023-11-14T22:14:20.000000000Z",
        "file": str(path),
        "row": 3,
    }
    assert asked(path, "order 22:14", "--json") == EXIT_OK
    assert json.loads(capsys.readouterr().out)["orders"] == told["orders"]


def test_what_comes_on_standard_input_is_looked_through(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"oid": "order-two-9900"}\n' + "x" * 500_000))
    assert asked(path, "-", "--json") == EXIT_OK
    assert [each["order_ids"] for each in json.loads(capsys.readouterr().out)["orders"]] == [["order-two-9900"]]


def test_none_is_told_with_what_was_looked_through(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(path, "nobody's") == EXIT_REFUSED
    told = capsys.readouterr().out.splitlines()
    assert told == [
        f"No order fits “nobody's”: 4 rows from 2023-11-14 22:13:20.000Z to 2023-11-14 22:15:20.000Z of {path} were "
        "looked through.",
        "Write less of it, or another thing you know: the end of an id, a symbol, a price, a time such as 10:31.",
    ]


@pytest.mark.parametrize(
    "words, found, more",
    [
        (("order",), 2, False),
        (("order", "--most", "1"), 1, True),
        (("order", "--account", "toy"), 2, False),
        (("order", "--account", "other"), 0, False),
        (("order", "--since", "2023-11-14T22:15"), 1, False),
    ],
)
def test_what_is_told_is_limited(
    path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], found: int, more: bool
) -> None:
    assert asked(path, *words, "--json") == (EXIT_OK if found else EXIT_REFUSED)
    told = json.loads(capsys.readouterr().out)
    assert (len(told["orders"]), told["more"]) == (found, more)


@pytest.mark.parametrize(
    "words, says",
    [((), "Nothing is looked for"), (("25:61",), "There is no 25:61 in a day"), (("2026-13-01",), "There is no day")],
)
def test_what_cannot_be_looked_for_is_bad_input(
    path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert asked(path, *words) == EXIT_INPUT
    assert capsys.readouterr().err.startswith(f"redline: {says}")


def test_where_nothing_may_be_written_beside_it_the_index_is_for_once(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(file: Path) -> Index:
        if file == index_of(path):
            raise PermissionError(13, "no")
        return Index(file)

    monkeypatch.setattr(find, "Index", refused)
    assert asked(path, "7788") == EXIT_OK
    assert "order-one-7788" in capsys.readouterr().out
    assert not index_of(path).exists()


def test_a_part_of_the_journal_that_was_deleted_is_told_as_gone(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal(path, Sizes(segment=1))
    journal.checkpoint(Folded())  # a segment begins
    journal.append(seen("later-1", 9))
    journal.close()
    assert [each.name for each in segments(path)] == ["journal.db", "journal.0002.db"]
    assert asked(path, "7788") == EXIT_OK
    remove(path)
    capsys.readouterr()
    assert asked(path, "7788") == EXIT_OK
    assert "row 2 of journal.db, which is not there any more" in capsys.readouterr().out


def test_interrupted_it_says_so(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(arguments: argparse.Namespace) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(find, "where", interrupted)
    assert asked(path, "7788") == EXIT_UNKNOWN
    assert capsys.readouterr().err.startswith("redline: Interrupted; what was read so far is kept")


def test_no_journal_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(tmp_path / "none.db", "x") == EXIT_INPUT
    assert capsys.readouterr().err == (
        f"redline: There is no journal at {tmp_path / 'none.db'}; name one with --journal.\n"
    )
