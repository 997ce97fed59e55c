"""Texts of others: what is seen stays, what is not seen is written out, and nothing can pass for something else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.plain import MOST_MARKS, cell, lines, named, one_line, tabbed

SEEN = [
    "plain",
    "ä → 漢字 😀 ½ €",
    "120\u202f000.5 btc",
    "a\\nb",
    "\uac01 \u1100",
    "<b>&amp;</b><!--",
    "",
    "é",
    "e\u0301",
    "ไม่ที่",
]
UNSEEN = {
    "a\nb\r\tc": "a\\nb\\r\\tc",
    "\x00\x1b[2J\x7f\x9b": "\\x00\\x1b[2J\\x7f\\x9b",
    "\u202egnp\u2066\u200f": "\\u202egnp\\u2066\\u200f",
    "BTC\u200b\u200d\ufeff\u2060": "BTC\\u200b\\u200d\\ufeff\\u2060",
    "\u2028\u2029\x85": "\\u2028\\u2029\\x85",
    "a\ud800b\udfff": "a\\ud800b\\udfff",
    "soft\xadhyphen": "soft\\xadhyphen",
    "\u3164\u2800\u115f\ufe0f": "\\u3164\\u2800\\u115f\\ufe0f",
    "AB\u1161\u11a8\u1160\uffa0": "AB\\u1161\\u11a8\\u1160\\uffa0",
    "\u1100\u11ff\ud7b0\U00016fe4": "\u1100\\u11ff\\ud7b0\\U00016fe4",
    "\u2d7fa\U0001107f\U00013441": "\\u2d7fa\\U0001107f\\U00013441",
    "tag\U000e0041\U000e0101": "tag\\U000e0041\\U000e0101",
    "no\xa0break\u3000wide": "no\\xa0break\\u3000wide",
    "\ue000\uffff": "\\ue000\\uffff",
    "אב 1": "\\u05d0\\u05d1 1",
    "\u0301e": "\\u0301e",
}


@pytest.mark.parametrize("text", SEEN)
def test_a_text_that_is_seen_stays_as_it_is(text: str) -> None:
    assert one_line(text) == lines(text) == text


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_what_is_not_seen_is_written_out(text: str) -> None:
    assert one_line(text) == UNSEEN[text]


def test_line_ends_stay_where_a_text_has_lines() -> None:
    assert lines("a\r\nb\nc\rd\u2028e") == "a\nb\nc\\rd\\u2028e"


def test_marks_by_the_thousand_are_written_out() -> None:
    shown = one_line("e" + "\u0301" * 1000)
    assert shown == "e" + "\u0301" * MOST_MARKS + "\\u0301" * (1000 - MOST_MARKS)


@pytest.mark.parametrize("text", ["x" * 100_000, "\ud800" * 100_000, "e" + "\u0301" * 100_000, "\u202e" * 10])
def test_a_text_is_cut_to_what_is_asked(text: str) -> None:
    assert len(one_line(text, 20)) == len(lines(text, 20)) == 20
    assert one_line(text, 20).endswith("…")
    assert one_line("x" * 20, 20) == "x" * 20


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_whatever_comes_what_leaves_is_printable_and_stable(text: str) -> None:
    shown = one_line(text)
    assert all(char == "\u202f" or char.isprintable() for char in shown)
    assert not any(unicodedata.bidirectional(char) in {"R", "AL", "AN", "RLO", "RLE", "RLI"} for char in shown)
    assert one_line(shown) == lines(shown) == shown
    shown.encode()


def test_a_name_cannot_speak_as_part_of_the_sentence() -> None:
    assert named("BTC_USD") == "BTC_USD"
    assert named("BTC at 1? Nothing is lost") == "“BTC at 1? Nothing is lost”"
    assert named("a”. Keep “b") == "“a\\u201d. Keep \\u201cb”"
    assert named("") == "“”"
    assert named("a\nb") == "“a\\nb”"
    assert len(named("x" * 500)) == 82


@pytest.mark.parametrize("text", ["-0.5", "+3", "1e-8", "-.5", "0.25%", "120000.00", "-5.", "plain", "a=b", "3-4"])
def test_numbers_and_words_stay_what_they_are_in_a_table(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", "\r=1", "  =1", "\ufeff=1", "\uff1d1", "-", "--5"],
)
def test_a_formula_is_a_text_in_a_table(text: str) -> None:
    assert cell(text).startswith("'")
    assert "\t" not in cell(text)


def test_a_grouped_number_is_one_number_in_a_table() -> None:
    assert cell("-120\u202f000.5") == cell("\u2212120\u202f000.5") == "-120000.5"
    assert cell("\u221245 bp") == "\u221245 bp"


def test_a_row_keeps_its_cells_apart() -> None:
    assert tabbed(["a\tb", "c\nd", '"e', "-0.5", "=1"]) == "a\\tb\tc\\nd\t'\"e\t-0.5\t'=1"
