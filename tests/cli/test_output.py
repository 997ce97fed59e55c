"""Answers and sentences: pushed out at once, and a reader that has gone changes nothing."""

from __future__ import annotations

import io
import os
import sys

import pytest

from app.cli.output import answer, tell


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
