"""One configured account: where its venue is and how to prove who we are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.limits import Limits


class Environment(StrEnum):
    """World the orders live in; shown on every window."""

    PRACTICE = "practice"
    DEMO = "demo"
    LIVE = "live"


#: Word for a record that is looked at: nothing it shows is live, whatever world its orders were of.
REPLAY = "REPLAY"


def world_words(environments: Iterable[Environment]) -> str:
    """Words for the worlds that something is about, the most dangerous one first: `LIVE + PRACTICE`."""
    found = set(environments)
    order = (Environment.LIVE, Environment.DEMO, Environment.PRACTICE)
    return " + ".join(each.value.upper() for each in order if each in found)


class Secret:
    """A text that never shows itself: `repr` and `str` give a mask, `reveal()` the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself; call only where it is signed with or sent."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Account:
    """A configured account.

    Attributes:
        name: what the person calls it; unique in the configuration.
        venue: the registry's name of the venue.
        addresses: urls by the venue's own keys (its profile documents them).
        credentials: secrets by the venue's own keys.
        switches: the venue's settings for what its documents leave open, by name.
        limits: its own limits against slips, None for those of all accounts.
        read_only: whether the ticket may send and cancel nothing there until a person says so.
        replayed: whether it is one that a journal tells of; it has no credentials, and nothing can reach its venue.
    """

    name: str
    venue: str
    environment: Environment
    addresses: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, Secret] = field(default_factory=dict)
    switches: dict[str, str] = field(default_factory=dict)
    limits: Limits | None = None
    read_only: bool = False
    replayed: bool = False

    @property
    def world(self) -> str:
        """Return the world its orders are of, in capitals, for whatever shows one or takes one out of the window.

        That of a record is `REPLAY of LIVE`: nobody may take it for the other.
        """
        return replay_words(self.environment.value.upper(), replayed=self.replayed)


def replay_words(world: str, *, replayed: bool) -> str:
    """Return the words for a world, or for the record of one."""
    return f"{REPLAY} of {world}" if replayed else world


def worlds(accounts: Iterable[Account]) -> str:
    """Return the words for the worlds of accounts, the most dangerous one first; of records, that they are that."""
    each = list(accounts)
    return replay_words(world_words(one.environment for one in each), replayed=any(one.replayed for one in each))
