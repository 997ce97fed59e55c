"""Secrets: one that could not be sent as it is, and a keyring that gives no answer, are told by account and field."""

from __future__ import annotations

import re
import sys
import threading
from functools import partial
from pathlib import Path
from types import ModuleType

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringError, KeyringLocked

from app.domain.form import InputError
from app.runtime.opening import open_desk
from app.runtime.secrets import KeyringSilent, SecretError, Secrets, system_keyring
from app.runtime.settings import SettingsError, load
from app.venues import registry


def nothing(service: str, name: str) -> str | None:
    return None


UNSOUND = {
    "line end after": ("abcdef\n", "a line end before or after it"),
    "line end of Windows": ("abcdef\r\n", "a line end before or after it"),
    "line end before": ("\nabcdef", "a line end before or after it"),
    "blank after": ("abcdef ", "a blank before or after it"),
    "tab before": ("\tabcdef", "a blank before or after it"),
    "no-break space after": ("abcdef\u00a0", "a blank before or after it"),
    "blank in it": ("abc def", "a blank in it"),
    "line end in it": ("abc\ndef", "a blank in it"),
    "NUL": ("abc\0def", "a control character in it"),
    "escape": ("abc\x1bdef", "a control character in it"),
    "delete": ("abcdef\x7f", "a control character in it"),
    "mark": ("\ufeffabcdef", "a character beyond ASCII in it"),
    "zero width": ("abc\u200bdef", "a character beyond ASCII in it"),
    "umlaut": ("abcdéf", "a character beyond ASCII in it"),
    "look-alike": ("аbcdef", "a character beyond ASCII in it"),
    "undecodable": ("abc\udcffdef", "a character beyond ASCII in it"),
    "blanks alone": ("   ", "a blank before or after it"),
}


@pytest.mark.parametrize("way", ["env", "keyring", "plain"])
@pytest.mark.parametrize("kind", UNSOUND)
def test_one_that_could_not_be_sent_is_refused_without_showing_it(kind: str, way: str) -> None:
    value, says = UNSOUND[kind]
    secrets = Secrets({"NAME": value}, lambda service, name: value)
    text = {"env": "env:NAME", "keyring": "keyring:redline/name", "plain": value}[way]
    with pytest.raises(SecretError) as told:
        secrets.resolve(text, plain_allowed=True, where="account “Mine”: credential secret")
    assert str(told.value).startswith(f"account “Mine”: credential secret has {says}, and a secret is visible ASCII")
    assert "def" not in str(told.value)
    assert value not in str(told.value) or not value.strip()


def test_every_visible_character_of_ascii_is_a_sound_one() -> None:
    value = "".join(map(chr, range(0x21, 0x7F)))
    assert Secrets({"NAME": value}, nothing).resolve("env:NAME", plain_allowed=False, where="").reveal() == value


def test_a_configuration_with_such_a_secret_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "live.toml"
    path.write_text(
        '[[account]]\nname = "Mine"\nvenue = "toy"\nenvironment = "live"\n[account.credentials]\nsecret = "env:KEY"\n'
    )
    with pytest.raises(SettingsError, match="account “Mine”: credential secret has a line end before or after it"):
        load(path, {"KEY": "geheim\n"}, nothing)


# -- the keyring -------------------------------------------------------------------------------------------------------


class Stand(KeyringBackend):
    """A keyring that answers as it is told."""

    priority = 1

    def __init__(self, answer: str | bytes | BaseException | None) -> None:
        super().__init__()
        self.answer = answer

    def get_password(self, service: str, username: str) -> str | None:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[return-value]

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("nothing is stored")


def told_of(monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend) -> str:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    with pytest.raises(SecretError) as told:
        Secrets({}, system_keyring).resolve(
            "keyring:redline/key", plain_allowed=False, where="account “A”: credential k"
        )
    return str(told.value)


def test_a_keyring_without_the_entry_says_that(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told_of(monkeypatch, Stand(None)) == (
        "account “A”: credential k: the keyring has no “key” under “redline”; store it there first."
    )


@pytest.mark.parametrize(
    "backend, says",
    [
        (fail.Keyring(), "this machine has no keyring that can be asked"),
        (null.Keyring(), "the keyring is switched off here"),
        (Stand(KeyringLocked("dismissed")), "the keyring is locked (unlock it and start again)"),
        (Stand(KeyringError("no bus")), "the keyring cannot be asked (KeyringError)"),
        (
            Stand(ConnectionRefusedError(111, "geheim")),
            "the keyring cannot be asked (ConnectionRefusedError: Connection refused)",
        ),
        (Stand(SystemExit(7)), "the keyring cannot be asked (SystemExit)"),
        (Stand(KeyboardInterrupt()), "the keyring cannot be asked (KeyboardInterrupt)"),
        (Stand(RuntimeError("not with geheim")), "the keyring cannot be asked (RuntimeError)"),
        (Stand(b"geheim"), "the keyring gave bytes instead of a text"),
        (Stand(RuntimeError("two\nlines\x1b")), "the keyring cannot be asked (RuntimeError)"),
    ],
)
def test_one_that_cannot_be_asked_is_not_one_without_the_entry(
    monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend, says: str
) -> None:
    sentence = told_of(monkeypatch, backend)
    assert "geheim" not in sentence
    assert sentence.startswith(f"account “A”: credential k: {says}")
    assert sentence.endswith("; write env:NAME there instead and set NAME in the environment before starting.")
    assert "store it there first" not in sentence


def test_a_keyring_whose_set_up_fails_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ModuleNotFoundError("No module named 'nonsense'")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    with pytest.raises(KeyringSilent, match="its own set-up fails .ModuleNotFoundError: No module named 'nonsense'"):
        system_keyring("redline", "key")


def test_a_keyring_library_that_cannot_be_imported_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", ModuleType("keyring"))
    with pytest.raises(KeyringSilent, match="its own set-up fails"):
        system_keyring("redline", "key")


@pytest.mark.parametrize("plain_allowed", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "$KANARI", "${KANARI}", "$env:KANARI", "${env:KANARI}", "$(KANARI)", "%KANARI%", "{{ KANARI }}", "ENV:KANARI",
        " env:KANARI", "env:KANARI ", "env: KANARI", "env :KANARI", "env:", "Env:KANARI", "keyring:",
        "KEYRING:a/KANARI", "\"env:KANARI\"", "'keyring:a/KANARI'", " keyring:a/KANARI", "environment:KANARI",
        "env:KANARI\n",
    ],
)  # fmt: skip
def test_a_name_in_another_form_is_not_taken_for_the_secret(text: str, plain_allowed: bool) -> None:
    """Sent to a venue as the secret itself, it would be refused there in words about something else."""
    with pytest.raises(SecretError) as told:
        Secrets({"KANARI": "abc"}, nothing).resolve(text, plain_allowed=plain_allowed, where="account “x”: secret")
    assert "write env:NAME or keyring:service/name" in str(told.value)
    assert "KANARI" not in str(told.value)


@pytest.mark.parametrize("text", ["keyring:redline", "keyring:redline/", "keyring:/name"])
def test_half_an_entry_of_a_keyring_is_told(text: str) -> None:
    with pytest.raises(SecretError, match=r"names a keyring's entry by half; write keyring:service/name\."):
        Secrets({}, lambda service, name: "abc").resolve(text, plain_allowed=True, where="account “x”: secret")


@pytest.mark.parametrize("text", ["env", "$", "pa$$word", "environmental", "a%b%", "$1a+b", "{x}", "abc:def", "key:x"])
def test_a_secret_that_only_resembles_one_is_a_secret(text: str) -> None:
    assert Secrets({}, nothing).resolve(text, plain_allowed=True, where="").reveal() == text


def test_names_may_have_blanks_where_a_keyring_has() -> None:
    found = Secrets({}, lambda service, name: {("my service", "my name"): "abc"}.get((service, name)))
    assert found.resolve("keyring:my service/my name", plain_allowed=False, where="").reveal() == "abc"


class Waiting(Stand):
    """A keyring that waits for somebody to unlock it."""

    def __init__(self) -> None:
        super().__init__(None)
        self.over = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.over.wait()
        return None


def test_one_that_waits_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Waiting()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    ask = partial(system_keyring, patience=0.01)
    with pytest.raises(SecretError) as told:
        Secrets({}, ask).resolve("keyring:redline/key", plain_allowed=False, where="account “A”: credential k")
    assert str(told.value) == (
        "account “A”: credential k: the keyring gave no answer within 0.01 s (it may wait to be unlocked; unlock it "
        "and start again); write env:NAME there instead and set NAME in the environment before starting."
    )
    backend.over.set()
    next(each for each in threading.enumerate() if each.name == "keyring").join()


MISPLACED = ["practice-bitso-secret-0001", "28c68ac3fcfafc3d4e8d653fe57e5baf", "aB3kL9mN2pQ", "Zk9+x/7Q=="]


@pytest.mark.parametrize("secret", MISPLACED)
@pytest.mark.parametrize(
    "lines",
    [
        'secret = "env:{}"',
        'secret = "keyring:{}"',
        'secret = "keyring:redline/{}"',
        'secret = "keyring:{}/redline"',
        '"{}" = "secret"',
        '"{}" = "env:KEY"',
        'secret = "env:KEY"\n[account.switches]\n"{}" = "on"',
        'secret = "env:KEY"\n[account.switches]\n"{}" = 1.5',
        'secret = "env:KEY"\n[account.addresses]\nrest = "{}"',
        'secret = "env:KEY"\n[account.addresses]\n"{}" = "rest"',
        'secret = "env:KEY"\n[account."{}"]',
        'secret = "env:KEY"\n[["{}"]]',
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, lines: str, secret: str) -> None:
    path = tmp_path / "live.toml"
    path.write_text(
        '[[account]]\nname = "Mine"\nvenue = "bitso"\nenvironment = "live"\n[account.credentials]\n'
        + lines.replace("{}", secret)
    )
    with pytest.raises((SettingsError, InputError)) as told:
        open_desk(load(path, {"KEY": "geheim"}, nothing), registry.load, None)
    assert secret not in str(told.value)
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize("name", ["BITSO_KEY", "Bitso_Key2", "bitso-key", "KEY", "apiKey", "live.key"])
def test_a_name_shaped_like_one_is_repeated(name: str) -> None:
    with pytest.raises(SecretError, match=f"the environment has no {re.escape(name)}; set it before starting"):
        Secrets({}, nothing).resolve(f"env:{name}", plain_allowed=False, where="account “A”: credential k")
