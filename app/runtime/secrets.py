"""Secrets of a configuration: taken from the environment, the keyring or the file, and looked at before they are used.

A secret goes into headers and signatures as it is. One with a line end or a blank, as copying leaves it, would be
refused by the library that sends, or by the venue in words about something else; so it is refused here.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping

from app.domain.account import Secret
from app.domain.plain import if_a_name, one_line

#: Characters a secret may have: those that are seen, of ASCII.
_SOUND = re.compile(r"[!-~]*")

#: Names of where a secret is, in forms that other programs take or that were mistyped: `$K`, `${K}`, `%K%`, `ENV:K`.
_MISSHAPEN = re.compile(
    r"\s*\$\{?[A-Za-z_]\w*\}?\s*|\s*\$\{?env:.*|\s*\$\(.*\)\s*|\s*%[A-Za-z_]\w*%\s*|\s*\{\{.*\}\}\s*"
    r"|(?!(?-i:env|keyring):\S)\s*[\"']?(?:env|keyring|environment)\s*:.*|(?:env|keyring):\S*\s+",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)

#: Seconds a keyring may take to answer; it may ask a person to unlock it.
KEYRING_PATIENCE = 20.0

#: What to do where there is no keyring to ask.
_INSTEAD = "write env:NAME there instead and set NAME in the environment before starting"


class SecretError(ValueError):
    """A secret that cannot be had or used; one sentence that names account and field, never the secret."""


class KeyringSilent(Exception):
    """The keyring gave no answer, which is not the answer that it has no such entry; the message says why."""


class Secrets:
    """Resolves a credential: `env:NAME`, `keyring:service/name`, or plain text where that is allowed."""

    def __init__(self, environ: Mapping[str, str], keyring_get: Callable[[str, str], str | None]) -> None:
        """Take secrets from these.

        Args:
            environ: for `env:NAME`.
            keyring_get: gives what the keyring has under a service and a name, None for nothing.
        """
        self._environ = environ
        self._keyring_get = keyring_get

    def resolve(self, text: str, *, plain_allowed: bool, where: str) -> Secret:
        """The secret that a text of the configuration names.

        Args:
            text: as it stands there.
            plain_allowed: whether it may be the secret itself.
            where: account and field, for the sentence.

        Raises:
            SecretError: if it cannot be had, or could not be sent as it is.
        """
        value = self._value(text, plain_allowed, where)
        if not _SOUND.fullmatch(value):
            raise SecretError(
                f"{where} has {_fault(value)}, and a secret is visible ASCII characters alone; store it again without."
            )
        return Secret(value)

    def _value(self, text: str, plain_allowed: bool, where: str) -> str:
        if _MISSHAPEN.fullmatch(text):
            raise SecretError(
                f"{where} looks like a name of where the secret is, and is not written as one; write env:NAME or "
                "keyring:service/name, in small letters and without blanks, quotes or other signs."
            )
        kind, _, rest = text.partition(":")
        if kind == "env" and rest:
            value = self._environ.get(rest, "")
            if not value:
                named = if_a_name(rest, "variable of the name given after env:, which is not repeated here")
                raise SecretError(
                    f"{where}: the environment has no {named}; set it before starting."
                    if named == rest
                    else f"{where}: the environment has no {named} because it may be the secret itself; write the NAME "
                    "of a variable there and set it before starting."
                )
            return value
        if kind == "keyring" and rest:
            service, _, name = rest.partition("/")
            if not (service and name):
                raise SecretError(f"{where} names a keyring's entry by half; write keyring:service/name.")
            try:
                stored = self._keyring_get(service, name)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - of a keyring's backend anything may come
                raise SecretError(f"{where}: {_silent(error)}; {_INSTEAD}.") from None
            if not stored:
                here = "entry of the name given there, which is not repeated as it may be the secret itself"
                if if_a_name(service, "") and if_a_name(name, ""):
                    here = f"“{name}” under “{service}”"
                raise SecretError(f"{where}: the keyring has no {here}; store it there first.")
            if not isinstance(stored, str):
                raise SecretError(f"{where}: the keyring gave {type(stored).__name__} instead of a text; {_INSTEAD}.")
            return stored
        if not plain_allowed:
            raise SecretError(
                f"{where} is plain text, accepted on practice accounts only; use env:NAME or keyring:service/name."
            )
        return text


def _fault(value: str) -> str:
    """Words for the first kind of character that does not belong there, and where, but not which."""
    if value.strip("\r\n") != value:
        return "a line end before or after it"
    if value.strip() != value:
        return "a blank before or after it"
    bad = next(char for char in value if not _SOUND.fullmatch(char))
    if bad.isspace():
        return "a blank in it"
    return "a control character in it" if bad.isascii() else "a character beyond ASCII in it"


def _silent(error: BaseException) -> str:
    """Words for why a keyring could not be asked."""
    if isinstance(error, KeyringSilent):
        return str(error)
    return f"the keyring cannot be asked ({_reason(error)})"


def _reason(error: BaseException) -> str:
    """The kind of an error and nothing of its words: a keyring may quote the secret, and nobody knows it yet."""
    kind = type(error).__name__
    return f"{kind}: {os.strerror(error.errno)}" if isinstance(error, OSError) and error.errno else kind


def system_keyring(service: str, name: str, patience: float = KEYRING_PATIENCE) -> str | None:
    """Ask the system's keyring.

    It is asked in a thread of its own: it may wait for a person to unlock it, for ever, or end the program.

    Args:
        service, name: what its entry is called.
        patience: seconds it may take.

    Raises:
        KeyringSilent: if it cannot be asked, or gives no answer in time.
    """
    answers: list[str | KeyringSilent | None] = []
    over = threading.Event()

    def ask() -> None:
        try:
            answers.append(_ask(service, name))
        except KeyringSilent as silent:
            answers.append(silent)
        except BaseException as error:  # noqa: BLE001 - of a keyring's backend anything may come
            answers.append(KeyringSilent(f"the keyring cannot be asked ({_reason(error)})"))
        finally:
            over.set()

    threading.Thread(target=ask, name="keyring", daemon=True).start()
    if not over.wait(patience):
        raise KeyringSilent(
            f"the keyring gave no answer within {patience:g} s (it may wait to be unlocked; unlock it and start again)"
        )
    (answer,) = answers
    if isinstance(answer, KeyringSilent):
        raise answer
    return answer


def _ask(service: str, name: str) -> str | None:
    try:
        # Which backend there is, is found out when it is imported, from its own settings; those may be wrong.
        import keyring
        from keyring.backends import fail, null
        from keyring.errors import KeyringLocked, NoKeyringError

        backend = keyring.get_keyring()
    except Exception as error:
        why = one_line(f"{type(error).__name__}: {error}", 200).rstrip(".")
        raise KeyringSilent(f"the keyring cannot be asked, its own set-up fails ({why})") from error
    nobody = "this machine has no keyring that can be asked (PYTHON_KEYRING_BACKEND could name one)"
    if isinstance(backend, fail.Keyring):
        raise KeyringSilent(nobody)
    if isinstance(backend, null.Keyring):
        raise KeyringSilent("the keyring is switched off here (its backend is “null”)")
    try:
        return backend.get_password(service, name)
    except NoKeyringError:
        raise KeyringSilent(nobody) from None
    except KeyringLocked:
        raise KeyringSilent("the keyring is locked (unlock it and start again)") from None
