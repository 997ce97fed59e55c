"""Answers and sentences: pushed out at once, and a reader that has gone changes nothing."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from app.cli.output import answer, answer_json, joined, json_text, say, table, tell


def test_answers_and_sentences_have_a_stream_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer("42")
    tell("No.")
    assert capsys.readouterr() == ("42\n", "redline: No.\n")


def test_a_terminal_without_unicode_shows_the_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert answer("a → b")
    assert raw.getvalue() == b"a \\u2192 b\n"


def test_a_reader_that_stopped_reading_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert answer("nobody reads this")


def test_a_closed_standard_error_has_nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    tell("Nobody hears this.")


HOSTILE = "x\x1b[2J\x1b]0;t\x07\x9b31m\r\nredline: Sent.\u2028\u202eevil\u200b\ufeff\x00\x85\x7f\U000e0041"


def test_no_text_leaves_the_line_it_stands_on(capsys: pytest.CaptureFixture[str]) -> None:
    tell(HOSTILE)
    say(HOSTILE)
    assert answer(joined([HOSTILE, *table([["a", HOSTILE], ["b", "c"]])]))
    out, err = capsys.readouterr()
    assert (out.count("\n"), err.count("\n")) == (3, 2)
    assert err.startswith("redline: x\\x1b[2J")
    for char in set(HOSTILE):
        assert char.isalnum() or char.isprintable() or char == "\n" or char not in out + err, repr(char)


@pytest.mark.parametrize("char", sorted(set(HOSTILE) - {"\n"}))
def test_whatever_else_comes_to_the_door_is_seen(char: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A second lock: a text that nobody took for a line still does nothing to the terminal."""
    assert answer(f"a{char}b")
    out = capsys.readouterr().out
    assert out.isprintable() or out == f"{out[:-1]}\n"
    assert (char in out) is char.isprintable()


@pytest.mark.parametrize("char", sorted(set(HOSTILE)))
def test_a_document_is_the_same_for_a_reader_and_harmless_on_a_terminal(
    char: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer_json(json_text({char: [char, "→ é 漢"]}))
    out = capsys.readouterr().out
    assert json.loads(out) == {char: [char, "→ é 漢"]}
    assert "→ é 漢" in out
    assert out.replace("\n", "").isprintable()


def test_columns_line_up_in_cells_of_the_terminal() -> None:
    rows = [["漢字", "1"], ["e\u0301e\u0301", "2"], ["🙂", "3"], ["plain", "4"]]
    assert table(rows) == ["漢字   1", "e\u0301e\u0301     2", "🙂     3", "plain  4"]
    assert table(rows, frozenset({0}))[0] == " 漢字  1"


LONG = "x" * 1_000_000


def test_nothing_of_a_venue_fills_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["a", LONG, "b"], *[["a", "short", "b"]] * 500]
    lines = table(rows)
    assert sum(map(len, lines)) < 200_000, "one long cell pads every row"
    assert lines[0].startswith("a  xxx")
    assert "…  b" in lines[0]
    assert len(joined([LONG, "short"])) < 30_000
    tell(LONG)
    told = capsys.readouterr().err
    assert len(told) < 3_000
    assert told.endswith("…\n")


def test_json_has_all_of_it() -> None:
    assert json.loads(json_text({"id": LONG})) == {"id": LONG}
