"""The command line itself: what is refused before anything is read or asked."""

from __future__ import annotations

import pytest

from app.cli.parser import parser, read_arguments, words_of


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "soon"])
@pytest.mark.parametrize("option", ["--timeout", "--wait"])
def test_a_time_to_wait_is_a_number_of_seconds(option: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["amend", "1", "price=2", f"{option}={text}"])
    assert ended.value.code == 2
    assert "write seconds" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text, nanoseconds",
    [
        ("1970-01-01T00:00:01", 1_000_000_000),
        ("1970-01-01T01:00:01+01:00", 1_000_000_000),
        ("1970-01-02", 86_400_000_000_000),
    ],
)
def test_a_time_without_a_zone_is_utc(text: str, nanoseconds: int) -> None:
    assert parser().parse_args(["journal", "--since", text]).since == nanoseconds


@pytest.mark.parametrize(
    "arguments, verbose",
    [((), 0), (("-v",), 1), (("-vv", "doctor"), 2), (("orders", "--verbose", "-v"), 2), (("tour", "-v"), 1)],
)
def test_every_verb_and_the_window_can_log_more(arguments: tuple[str, ...], verbose: int) -> None:
    assert parser().parse_args(arguments).verbose == verbose


def test_options_before_the_verb_count_for_it() -> None:
    read = parser().parse_args(["--config", "a.toml", "--no-journal", "amend", "7", "price=1"])
    assert (str(read.config), read.no_journal, read.journal) == ("a.toml", True, None)
    assert str(parser().parse_args(["--config", "a.toml", "orders", "--config", "b.toml"]).config) == "b.toml"


@pytest.mark.parametrize("name", ["--config", "--journal"])
@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_name_of_a_file_is_told(name: str, empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It was taken for the folder one stands in."""
    for verb in ([], ["orders"]):
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([*verb, name, empty])
        assert ended.value.code == 2
        assert f"argument {name}: the name of the file is empty; write one" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--jobs=65", "--jobs=100000", "--jobs=0", "--episode=-5", "--episode=x"])
def test_a_simulation_is_asked_for_what_can_be_played(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["simulate", option])
    assert ended.value.code == 2
    assert option.partition("=")[2] in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["orders", "--journal=--"],
        ["--journal=--"],
        ["--config=--", "orders"],
        ["orders", "--config=--"],
        ["journal", "--journal=--"],
        ["practice", "--config-out=--"],
        ["tour", "--out=--"],
        ["amend", "--from=--"],
        ["orders", "--timeout=--"],
        ["drill", "--venue=--"],
    ],
)
def test_what_ends_the_options_is_no_value_of_one(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(arguments)
    assert ended.value.code == 2
    assert "“--” is not a value; write another, such as ./-- for a file of that name" in capsys.readouterr().err


def test_words_after_the_options_are_taken_as_they_are() -> None:
    assert parser().parse_args(["journal", "--", "--journal=--"]).amendment == "--journal=--"


def test_orders_and_changes_may_stand_on_both_sides_of_the_options() -> None:
    found = read_arguments(["amend", "1", "2", "--config", "f", "price=+1t"])
    assert words_of(found.words, from_file=False) == (["1", "2"], ["price=+1t"])
    assert read_arguments(["cancel", "1", "--confirm", "2"]).orders == ["1", "2"]
    with pytest.raises(SystemExit):
        read_arguments(["orders", "--config", "f", "1"])
    with pytest.raises(SystemExit):
        read_arguments(["amend", "1", "price=1", "--config", "f", "--no-such"])


@pytest.mark.parametrize("before", [["--config", "practice.toml"], ["--journal", "other.db"], ["--no-journal"]])
def test_options_before_open_are_refused(before: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_arguments([*before, "open", "journal.db"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "redline: A replay takes a journal and no configuration; write redline open FILE, without options before it.\n"
    )


@pytest.mark.parametrize("verb", ["practice", "tour", "drill", "simulate", "doctor", "journal", "orders"])
def test_no_option_before_a_verb_is_ignored_in_silence(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    takes = {"journal": ("--config", "--journal"), "orders": ("--config", "--journal", "--no-journal")}.get(verb, ())
    for option, value in (("--config", "a.toml"), ("--journal", "a.db"), ("--no-journal", ""), ("--theme", "dark")):
        arguments = [option, *([value] if value else []), verb]
        if option in takes or (verb, option) == ("tour", "--theme"):
            assert read_arguments(arguments).verb == verb
            continue
        with pytest.raises(SystemExit) as ended:
            read_arguments(arguments)
        assert ended.value.code == 2
        told = f"redline: {option} before “{verb}” would do nothing; leave it out, see redline {verb} --help.\n"
        assert capsys.readouterr().err == told


def test_a_preview_confirms_nothing() -> None:
    assert read_arguments(["preview", "1", "2", "total=1"]).confirm is False
    with pytest.raises(SystemExit):
        read_arguments(["preview", "1", "2", "total=1", "--confirm"])
