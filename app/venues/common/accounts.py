"""One check of a configured account for every venue: a misspelt or wrong address, credential or switch is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.domain.account import Account
from app.domain.form import InputError
from app.domain.plain import if_a_name, quoted_name
from app.domain.profile import Profile

#: Tells what is wanted of a setting, such as “zero or omit”; "" where its text is as it must be.
Wanted = Callable[[str], str]


def one_of(*choices: str) -> Wanted:
    """Take one of these words."""
    return lambda text: "" if text in choices else " or ".join(choices)


def some_of(*choices: str) -> Wanted:
    """Take one or more of these words, separated by commas, in any case."""

    def wanted(text: str) -> str:
        words = {word.strip().upper() for word in text.split(",") if word.strip()}
        return "" if words and words <= set(choices) else f"some of {', '.join(choices)}, separated by commas"

    return wanted


def whole_number(least: int, most: int, unit: str = "") -> Wanted:
    """Take a whole number from `least` to `most`, both included, in plain digits."""
    digits = len(str(most))

    def wanted(text: str) -> str:
        is_plain = text.isascii() and text.isdecimal() and len(text) <= digits
        return "" if is_plain and least <= int(text) <= most else f"{least} to {most}{unit and ' '}{unit}"

    return wanted


def anything(text: str) -> str:
    """Take any text, an empty one too."""
    return ""


#: Longest value of a switch that is quoted whatever it is.
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Needs:
    """Settings that a venue's connector takes, beside the names in the venue's profile.

    Attributes:
        switches: by name of every switch in the profile, what is wanted of it.
        sockets: keys of the addresses that are sockets; the others are REST addresses.
        optional: keys of the addresses that may be left out.
        credentials: what is wanted of credentials that are not just any text.
    """

    switches: Mapping[str, Wanted]
    sockets: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    credentials: Mapping[str, Wanted] = field(default_factory=dict)


def check(account: Account, profile: Profile, needs: Needs) -> None:
    """See that an account has all the connector needs, and nothing it does not know.

    Raises:
        InputError: naming the first address, credential or switch that is missing, misspelt or wrong.
    """
    addresses, credentials = dict(profile.needs_addresses), dict(profile.needs_credentials)
    switches = {name: meaning for name, _, meaning in profile.switches}
    for what, given, known in (
        ("address", account.addresses, addresses),
        ("credential", account.credentials, credentials),
        ("switch", account.switches, switches),
    ):
        for name in given:
            if name not in known:
                names = ", ".join(known) or "none, this venue has no such setting"
                raise _error(account, if_a_name(name, what), f"there is no {what} {quoted_name(name)}; use {names}")
    for name, meaning in addresses.items():
        address = account.addresses.get(name, "")
        schemes = ("ws://", "wss://") if name in needs.sockets else ("http://", "https://")
        if not address and name not in needs.optional:
            raise _error(account, name, f"the address “{name}” is missing; give the {meaning}")
        if address and not address.startswith(schemes):
            raise _error(account, name, f"the address “{name}” must begin with {' or '.join(schemes)}")
    for name, meaning in credentials.items():
        text = account.credentials[name].reveal() if name in account.credentials else ""
        if not text:
            raise _error(account, name, f"the credential “{name}” is missing; give {meaning}")
        # A credential is never quoted, not even a wrong one.
        if wanted := needs.credentials.get(name, anything)(text):
            raise _error(account, name, f"the credential “{name}” must be {wanted}")
    for name in switches:
        text = switch(account.switches, profile, name)
        if wanted := needs.switches[name](text):
            raise _error(account, name, f"the switch “{name}” is {_shown(text)}; use {wanted}")


def switch(switches: Mapping[str, str], profile: Profile, name: str) -> str:
    """Return a switch as set, or its default where it is not set or left empty."""
    return switches.get(name, "").strip() or next(default for key, default, _ in profile.switches if key == name)


def _shown(text: str) -> str:
    """The value of a switch in quotes, unless it may be a secret in the wrong place."""
    is_short = len(text) <= _SHORT
    return f"“{text}”" if is_short or if_a_name(text, "") else "something else (not repeated, it may be a secret)"


def _error(account: Account, name: str, text: str) -> InputError:
    return InputError(name, f"account “{account.name}”: {text}.")
