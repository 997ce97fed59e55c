"""The configuration: a TOML file with one `[[account]]` each, read once at start, every mistake one clear sentence."""

from __future__ import annotations

import codecs
import os
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.domain.account import Account, Environment
from app.domain.addresses import is_loopback
from app.domain.limits import Limits
from app.domain.plain import if_a_name, named, one_look, quoted_name
from app.runtime.limits_table import limits_of
from app.runtime.logs import keep_secret
from app.runtime.modes import others_may_write
from app.runtime.secrets import SecretError, Secrets, system_keyring

_ACCOUNT_KEYS = {"name", "venue", "environment", "addresses", "credentials", "switches", "limits", "read_only"}
_TOP_KEYS = {"account", "limits", "practice"}

#: Words on what may be a secret in the wrong place; and the shortest text that may be one.
_NOT_REPEATED = "not repeated, it may be a secret"
_SHORTEST = 6
_UNNAMED = f"({_NOT_REPEATED})"

#: Most bytes of a configuration that are read.
_MOST = 1_000_000

#: Marks at the beginning of a text, and the encodings they tell; the longer ones first, one begins with another.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class SettingsError(ValueError):
    """A mistake in the configuration; one sentence that names the file or the key and says what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Contents of a configuration.

    Attributes:
        accounts: in the order of the file.
        limits: the desk's own limits, for accounts that have none of their own.
        control: address of the practice world's control endpoint, "" outside practice.
        path: the file it came from.
        tour: what a tour of the window does on practice venues, as they describe it; empty outside practice.
        warnings: sentences on what a person should know of the file, and does not stop it.
    """

    accounts: tuple[Account, ...]
    limits: Limits
    control: str
    path: Path
    tour: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()


def load(
    path: Path,
    environ: Mapping[str, str] | None = None,
    keyring_get: Callable[[str, str], str | None] | None = None,
) -> Settings:
    """Read a configuration file.

    Args:
        path: the TOML file.
        environ: environment to resolve `env:NAME` secrets from; the process's by default.
        keyring_get: look-up for `keyring:service/name` secrets; the system keyring by default.

    Raises:
        SettingsError: with one sentence about the first mistake found.
    """
    text = _text_of(path)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, and brackets without end, too
        raise SettingsError(f"The configuration {path} is not valid TOML: {error}.") from error
    _only(data, _TOP_KEYS, f"{path}")
    tables = data.get("account")
    if not isinstance(tables, list) or not tables:
        raise SettingsError(f"The configuration {path} has no [[account]]; add one with name, venue and environment.")
    secrets = Secrets(os.environ if environ is None else environ, keyring_get or system_keyring)
    limits = limits_of(data.get("limits", {}), "[limits]", Limits(), SettingsError)
    try:
        accounts = tuple(_account(table, number, secrets, limits) for number, table in enumerate(tables, start=1))
    except SecretError as error:
        raise SettingsError(str(error)) from error
    keep_secret(accounts)
    looks = [one_look(account.name) for account in accounts]
    for account in accounts:
        if looks.count(one_look(account.name)) > 1:
            raise SettingsError(
                f"Two accounts are called {named(account.name)}, or so that nobody can tell them apart; give each its "
                "own name."
            )
    practice = data.get("practice", {})
    if not isinstance(practice, dict):
        raise SettingsError(f"The configuration {path}: [practice] must be a table.")
    steps, control = practice.get("tour", []), practice.get("control", "")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise SettingsError(
            f"The configuration {path}: [[practice.tour]] must be tables; `redline practice` writes them."
        )
    if not isinstance(control, str):
        raise SettingsError(f"The configuration {path}: [practice] control must be an address in quotes.")
    tour = tuple(steps)
    _without_login(control, f"The configuration {path}: [practice] control")
    warning = others_may_write(path, "The configuration")
    return Settings(accounts, limits, control, path, tour, (warning,) if warning else ())


def _text_of(path: Path) -> str:
    """The text of a configuration, by the mark at its beginning where there is one, else UTF-8.

    Raises:
        SettingsError: if there is none, or it is no text.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SettingsError(f"The configuration {path} cannot be read: it is no regular file; name another.")
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
    except FileNotFoundError:
        raise SettingsError(
            f"There is no configuration at {path}; write one (see the README) or start `redline practice`."
        ) from None
    except OSError as error:
        raise SettingsError(f"The configuration {path} cannot be read: {error}.") from error
    if len(content) > _MOST:
        raise SettingsError(f"The configuration {path} cannot be read: it has more than {_MOST:,} bytes.")
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    if encoding not in ("utf-8", "utf-8-sig") and b"\0" not in content:
        raise SettingsError(
            f"The configuration {path} cannot be read: it begins with the mark of {encoding.upper()} and does not go "
            "on so; save it as UTF-8, without that mark."
        )
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"The configuration {path} cannot be read: it is not {encoding.upper()} ({error.reason} at byte "
            f"{error.start}); save it as UTF-8."
        ) from error
    if "\0" in text:
        raise SettingsError(
            f"The configuration {path} cannot be read: it has NUL characters, as UTF-16 without a mark has; save it as "
            "UTF-8."
        )
    return text


def _only(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise SettingsError(
                f"{where}: there is no setting {quoted_name(key)}; use one of {', '.join(sorted(known))}."
            )


def _account(table: object, number: int, secrets: Secrets, limits: Limits) -> Account:
    where = f"[[account]] number {number}"
    if not isinstance(table, dict):
        raise SettingsError(f"{where} is not a table; write it as [[account]].")
    _only(table, _ACCOUNT_KEYS, where)
    name, venue, environment = (_text(table, key, where) for key in ("name", "venue", "environment"))
    where = f"account “{name}”"
    if not one_look(name):
        raise SettingsError(f"[[account]] number {number}: its name has nothing in it that is seen; write letters.")
    try:
        kind = Environment(environment)
    except ValueError:
        raise SettingsError(f"{where}: environment is {_shown(environment)}; use practice, demo or live.") from None
    addresses = _texts(table, "addresses", where)
    for key, address in addresses.items():
        key = if_a_name(key, _UNNAMED)
        _without_login(address, f"{where}: address {key}")
        scheme = _scheme(address)
        if not scheme:
            raise SettingsError(f"{where}: address {key} is {_shown(address)}; write a url such as https://host/path.")
        if kind is not Environment.PRACTICE and scheme in ("http", "ws"):
            raise SettingsError(f"{where}: address {key} is not encrypted; use https or wss outside practice.")
    practice = kind is Environment.PRACTICE
    if practice and not (addresses and all(is_loopback(address) for address in addresses.values())):
        raise SettingsError(f"{where}: a practice account needs loopback addresses such as http://127.0.0.1:8000.")
    # Outside practice the venue's own addresses stand in for those not given, so no plain secret stays on loopback.
    credentials = {
        key: secrets.resolve(value, plain_allowed=practice, where=f"{where}: credential {if_a_name(key, _UNNAMED)}")
        for key, value in _texts(table, "credentials", where).items()
    }
    own = limits_of(table["limits"], f"{where}: limits", limits, SettingsError) if "limits" in table else None
    read_only = table.get("read_only", False)
    if not isinstance(read_only, bool):
        raise SettingsError(f"{where}: read_only must be true or false, without quotes.")
    return Account(name, venue, kind, addresses, credentials, _texts(table, "switches", where), own, read_only)


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f'{where}: “{key}” is missing; write {key} = "…".')
    return value.strip()


def _texts(table: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise SettingsError(f"{where}: “{key}” must be a table of texts.")
    texts: dict[str, str] = {}
    for name, each in value.items():
        if isinstance(each, bool) or not isinstance(each, str | int):
            shown = f"{key}.{name}" if if_a_name(name, "") else f"a setting of {key} ({_NOT_REPEATED})"
            raise SettingsError(f"{where}: {shown} must be a text in quotes.")
        texts[name] = str(each)
    return texts


def _shown(text: str) -> str:
    """A value in quotes where it looks like a word or an address, for the middle of a sentence."""
    return (
        f"“{text}”"
        if if_a_name(text, "") or "://" in text or len(text) < _SHORTEST
        else f"something else ({_NOT_REPEATED})"
    )


def _scheme(address: str) -> str:
    """The scheme of a usable url, "" for anything else."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https", "ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a port beyond 65535 or half an IPv6 address
        return ""
    return parts.scheme if usable else ""


def _without_login(address: str, where: str) -> None:
    """Refuse a user name or a password in an address: addresses are shown and recorded. The sentence quotes neither.

    Any @ counts, because a password with a slash in it would leave one in what looks like the path.
    """
    if "@" in address:
        raise SettingsError(
            f"{where} has an @, as with a user name or a password; write host and path only, and put secrets under "
            "credentials."
        )
