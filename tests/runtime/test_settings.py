"""The configuration: what it accepts, and one clear sentence for each mistake."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.account import Environment
from app.domain.limits import Limits
from app.runtime.settings import Settings, SettingsError, load

PRACTICE = """
[[account]]
name = "Toy practice"
venue = "toy"
environment = "practice"
[account.addresses]
rest = "http://127.0.0.1:8000/api"
[account.credentials]
key = "k"
secret = "s3cret"
"""

LIVE = """
[[account]]
name = "Toy live"
venue = "toy"
environment = "live"
[account.addresses]
rest = "https://toy.example/api"
[account.credentials]
secret = "{secret}"
"""


def read(tmp_path: Path, text: str, environ: dict[str, str] | None = None, stored: str | None = None) -> Settings:
    path = tmp_path / "redline.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ or {}, lambda service, name: stored)


def test_a_practice_account_with_plain_secrets_and_limits(tmp_path: Path) -> None:
    found = read(tmp_path, PRACTICE + '[limits]\nsoft_distance = "0.25"\n[practice]\ncontrol = "http://127.0.0.1:1"\n')
    (account,) = found.accounts
    assert (account.name, account.venue, account.environment) == ("Toy practice", "toy", Environment.PRACTICE)
    assert account.credentials["secret"].reveal() == "s3cret"
    assert "s3cret" not in repr(account)
    assert found.limits.soft_distance == Decimal("0.25")
    assert found.control == "http://127.0.0.1:1"


def test_secrets_come_from_the_environment_or_the_keyring(tmp_path: Path) -> None:
    text = LIVE.format(secret="env:TOY_SECRET")
    assert read(tmp_path, text, {"TOY_SECRET": "hush"}).accounts[0].credentials["secret"].reveal() == "hush"
    text = LIVE.format(secret="keyring:redline/toy")
    assert read(tmp_path, text, stored="hush").accounts[0].credentials["secret"].reveal() == "hush"


@pytest.mark.parametrize(
    "text, says",
    [
        ("", r"no \[\[account\]\]"),
        ("[[account", "not valid TOML"),
        (PRACTICE.replace('name = "Toy practice"', ""), "“name” is missing"),
        (PRACTICE.replace('"practice"', '"prod"', 1), "practice, demo or live"),
        (PRACTICE.replace("http://127.0.0.1:8000/api", "127.0.0.1"), "write a url"),
        (PRACTICE.replace("127.0.0.1:8000", "[::1"), "write a url"),
        (PRACTICE.replace(":8000", ":99999"), "write a url"),
        (PRACTICE.replace(":8000", ":x"), "write a url"),
        (PRACTICE.replace("127.0.0.1", "toy.example"), "loopback"),
        (PRACTICE + PRACTICE, "Two accounts are called"),
        (PRACTICE.replace("venue =", "venu ="), "there is no setting “venu”"),
        (PRACTICE.replace('secret = "s3cret"', "secret = 1.5"), "must be a text in quotes"),
        (PRACTICE + "[limits]\nsoft_distance = 0.1\n", "number in quotes"),
        (PRACTICE + '[limits]\nsoft_distance = "abc"\n', "not a number"),
        (LIVE.format(secret="s3cret"), "accepted on practice accounts only"),
        (LIVE.format(secret="s3cret").replace("toy.example", "127.0.0.1"), "accepted on practice accounts only"),
        (LIVE.format(secret="env:NOPE"), "the environment has no NOPE"),
        (LIVE.format(secret="keyring:redline/none"), "the keyring has no “none”"),
        (LIVE.format(secret="env:X").replace("https://", "http://"), "not encrypted"),
        (LIVE.format(secret="env:X").replace("//toy", "//desk:s3cret@toy"), "“Toy live”: address rest has an @"),
        (LIVE.format(secret="env:X").replace("//toy", "//s3cret@toy"), "address rest has an @"),
        (LIVE.format(secret="env:X").replace("//toy", "//desk:a/s3cret@toy"), "address rest has an @"),
        (PRACTICE.replace("//127", "//desk:s3cret@127").replace('secret = "', 'key2 = "'), "address rest has an @"),
        (PRACTICE + '[practice]\ncontrol = "http://desk:s3cret@127.0.0.1:1"\n', "control has an @"),
    ],
)
def test_each_mistake_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        read(tmp_path, text)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="redline practice"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_tells_the_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "redline.toml"
    path.write_bytes(PRACTICE.replace("Toy practice", "Größe").encode(encoding))
    assert load(path, {}).accounts[0].name == "Größe"


@pytest.mark.parametrize(
    "content, says",
    [
        (PRACTICE.encode("utf-16-le"), "it has NUL characters, as UTF-16 without a mark has; save it as UTF-8"),
        (PRACTICE.encode("utf-16-be"), "it has NUL characters"),
        (b"\xff\xfe\x00", "it is not UTF-16 "),
        (PRACTICE.replace("Toy", "T\u00f6y").encode("latin-1"), "it is not UTF-8 .*; save it as UTF-8"),
        (b"#" * 1_000_001, "it has more than 1,000,000 bytes"),
        (b"a = " + b"9" * 5000, "is not valid TOML"),
        (b"a = " + b"[" * 5000, "is not valid TOML"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "redline.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=says) as told:
        load(path, {})
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], object]) -> None:
    path = tmp_path / "redline.toml"
    make(path)
    with pytest.raises(SettingsError, match="cannot be read: it is no regular file; name another"):
        load(path, {})


def test_a_file_that_others_may_write_is_told(tmp_path: Path) -> None:
    path = tmp_path / "redline.toml"
    path.write_text(PRACTICE)
    assert load(path, {}).warnings == ()
    path.chmod(0o666)
    (warning,) = load(path, {}).warnings
    assert warning.startswith(f"The configuration {path} may be written by everybody; run `chmod go-w")


@pytest.mark.parametrize("tour", ["7", "true", "1.5", "{a = 1}", "[1]", '"x"'])
def test_a_tour_that_is_no_tables_is_one_sentence(tmp_path: Path, tour: str) -> None:
    with pytest.raises(SettingsError, match="must be tables"):
        read(tmp_path, f"{PRACTICE}[practice]\ntour = {tour}\n")
    with pytest.raises(SettingsError, match="must be an address in quotes"):
        read(tmp_path, f"{PRACTICE}[practice]\ncontrol = 5\n")


@pytest.mark.parametrize(
    "limits, says",
    [
        ('hard_distance = "0"', "hard_distance is 0, which would stand against every change"),
        ('soft_growth = "0"', "soft_growth is 0, which would stand against every change"),
        ('soft_distance = "3"\nhard_distance = "0.1"', "must come before what is refused"),
        ('soft_distance = "3"', "must come before what is refused"),
    ],
)
def test_limits_that_make_no_sense_are_told(tmp_path: Path, limits: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read(tmp_path, f"{PRACTICE}[limits]\n{limits}\n")


@pytest.mark.parametrize(
    "other", ["Toy practice", "toy PRACTICE", "Toy\u200b practice", "Toy practice ", "Ｔoy practice"]
)
def test_accounts_that_look_the_same_are_told(tmp_path: Path, other: str) -> None:
    with pytest.raises(SettingsError, match="Two accounts are called"):
        read(tmp_path, PRACTICE + PRACTICE.replace("Toy practice", other))


@pytest.mark.parametrize(
    "limits, says",
    [
        ('soft_sise = "1"', "there is no setting “soft_sise”; use one of hard_change, hard_distance"),
        ("soft_size = 1", 'soft_size must be a number in quotes, such as soft_size = "0.10"'),
        ("hard_per_minute = 30", 'hard_per_minute must be a number in quotes, such as hard_per_minute = "30"'),
        ("soft_size = true", "soft_size must be a number in quotes"),
        ('soft_size = "-1"', "soft_size is wrong: “-1” has a sign; write the number itself"),
        ('soft_size = "0"', "soft_size is 0, which would stand against every change; it must be above 0"),
        ('repeat_within = "0"', "repeat_within is 0, which would stand against every change"),
        ('soft_distance = "-0.1"', "soft_distance is wrong: “-0.1” has a sign"),
        ('hard_per_minute = "2.5"', "hard_per_minute is 2.5; it counts amendments, so write a whole number"),
        ('hard_notional = "1e6"', "hard_notional is wrong: “1e6” "),
        ('hard_notional = "NaN"', "hard_notional is wrong: “NaN” "),
        ('without_reference = "pass"', "without_reference must be “ask” or “refuse”"),
        ("without_reference = false", "without_reference must be “ask” or “refuse”"),
        ('soft_notional = "9"\nhard_notional = "8"', "soft_notional is 9 and hard_notional 8; what asks for consent"),
        ('soft_distance = "none"', "soft_distance is wrong: “none” is not a number"),
    ],
)
def test_a_mistake_in_limits_names_the_key_and_the_account(tmp_path: Path, limits: str, says: str) -> None:
    with pytest.raises(SettingsError) as general:
        read(tmp_path, f"{PRACTICE}[limits]\n{limits}\n")
    assert says in str(general.value)
    assert str(general.value).startswith("[limits]")
    with pytest.raises(SettingsError) as own:
        read(tmp_path, f"{PRACTICE}[account.limits]\n{limits}\n")
    assert says in str(own.value)
    assert str(own.value).startswith("account “Toy practice”: limits")
    assert "\n" not in str(own.value)


def test_an_account_has_the_general_limits_and_its_own_in_their_place(tmp_path: Path) -> None:
    other = PRACTICE.replace("Toy practice", "Other")
    own = '[account.limits]\nhard_notional = "1000"\nsoft_growth = "4"\nhard_size = "none"\n'
    general = '[limits]\nhard_size = "5"\nsoft_growth = "3"\nwithout_reference = "refuse"\n'
    found = read(tmp_path, PRACTICE + own + other + general)
    first, second = found.accounts
    assert first.limits is not None
    assert (first.limits.hard_notional, first.limits.soft_growth) == (Decimal(1000), Decimal(4))
    assert (first.limits.hard_size, first.limits.without_reference) == (None, "refuse")
    assert second.limits is None, "those of all accounts"
    assert (found.limits.hard_size, found.limits.soft_growth) == (Decimal(5), Decimal(3))


def test_limits_of_an_account_may_stand_in_one_line_and_contradict_none(tmp_path: Path) -> None:
    with_own = PRACTICE.replace('environment = "practice"', 'environment = "practice"\nlimits = {soft_size = "7"}')
    assert read(tmp_path, with_own).accounts[0].limits == Limits(soft_size=Decimal(7))
    with pytest.raises(SettingsError, match="soft_size is 7 and hard_size 5"):
        read(tmp_path, with_own + '[limits]\nhard_size = "5"\n')
    with pytest.raises(SettingsError, match="“Toy practice”: limits must be a table"):
        read(tmp_path, with_own.replace('{soft_size = "7"}', "3"))


def test_what_nobody_wrote_limits_nothing_new() -> None:
    """Today's flows ask no more than they did: only the distance and the growth have limits of their own."""
    limits = Limits()
    in_force = {each.name for each in fields(Limits) if getattr(limits, each.name) is not None}
    assert in_force == {"soft_distance", "hard_distance", "soft_growth", "stale_after", "without_reference"}


@pytest.mark.parametrize("written, is_on", [("", False), ("read_only = true", True), ("read_only = false", False)])
def test_an_account_may_be_read_only(tmp_path: Path, written: str, is_on: bool) -> None:
    text = PRACTICE.replace('environment = "practice"', f'environment = "practice"\n{written}')
    assert read(tmp_path, text).accounts[0].read_only is is_on


@pytest.mark.parametrize("written", ['"yes"', "1", '"true"', "[]"])
def test_read_only_that_is_neither_is_one_sentence(tmp_path: Path, written: str) -> None:
    text = PRACTICE.replace('environment = "practice"', f'environment = "practice"\nread_only = {written}')
    with pytest.raises(SettingsError, match="“Toy practice”: read_only must be true or false, without quotes"):
        read(tmp_path, text)


@pytest.mark.parametrize("name", ["\u200b", "\u200b\u200d\ufeff", " \u2060 ", "\u3164\u2800", "\u202e"])
def test_a_name_of_which_nothing_is_seen_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "redline.toml"
    path.write_text(PRACTICE.replace('name = "Toy practice"', f'name = "{name}"'), encoding="utf-8")
    with pytest.raises(SettingsError, match="its name has nothing in it that is seen; write letters"):
        load(path)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE])
def test_a_mark_that_what_follows_does_not_keep_to_is_told_as_such(tmp_path: Path, mark: bytes) -> None:
    path = tmp_path / "redline.toml"
    for content in (PRACTICE.encode(), PRACTICE.encode() + b" "):
        path.write_bytes(mark.replace(b"\0", b"") + content if len(mark) == 2 else mark + content)
        with pytest.raises(SettingsError) as told:
            load(path)
        assert "save it as UTF-8" in str(told.value)
        if len(mark) == 2:
            assert "it begins with the mark of UTF-16 and does not go on so" in str(told.value)
