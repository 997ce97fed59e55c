"""Records of the journal that are no events: sessions, clocks, and checkpoints. Frozen values, like events."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.desk.state import Lineage
from app.domain.account import Account, Environment
from app.domain.amendment import Amendment
from app.domain.evidence import EvidencePolicy
from app.domain.profile import Profile


@dataclass(frozen=True, slots=True)
class Party:
    """One account of a session, without its credentials.

    Attributes:
        identity: tells whether an account of that name is still the same one; see `identity_of`.
    """

    name: str
    venue: str
    environment: Environment
    addresses: tuple[tuple[str, str], ...]
    switches: tuple[tuple[str, str], ...]
    identity: str

    @property
    def marks(self) -> frozenset[str]:
        """Return texts any one of which tells that another account's orders are the same orders; see `marks_of`."""
        places = _places(dict(self.addresses).values())
        return frozenset({self.identity, *(f"{self.venue} {host}:{port}" for host, port in places)})

    @classmethod
    def of(cls, account: Account) -> Party:
        """Return what a session records of a configured account."""
        addresses, switches = (tuple(sorted(each.items())) for each in (account.addresses, account.switches))
        return cls(account.name, account.venue, account.environment, addresses, switches, identity_of(account))


def identity_of(account: Account) -> str:
    """A short text that is the same as long as an account's orders are the same orders.

    A venue's address may change and its orders stay. A practice venue is another world at each start, with the same
    order ids in it, and its address is what tells one from the next.
    """
    where = sorted(account.addresses.items()) if account.environment is Environment.PRACTICE else []
    text = json.dumps([account.name, account.venue, account.environment.value, where], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def marks_of(account: Account) -> frozenset[str]:
    """Return texts any one of which tells that another configured account's orders are the same orders.

    Another configuration may give the account another name. An order id is the venue's own, and two accounts at the
    same place cannot have the same one; so the venue and where it is are enough beside the id.
    """
    return Party.of(account).marks


def words_of(account: Account) -> frozenset[str]:
    """Return texts of which at least one stands, in lower case, in the record of any session with the same account."""
    places = _places(account.addresses.values())
    return frozenset({identity_of(account), *(_word(host, port) for host, port in places)})


#: Ports that an address may leave out, by its scheme.
_USUAL = {"http": 80, "https": 443, "ws": 80, "wss": 443}

#: One machine under three names.
_HERE = ("127.0.0.1", "localhost", "::1")


def _places(addresses: Iterable[str]) -> set[tuple[str, int]]:
    """Host and port that each address leads to, however it is spelt."""
    places = set()
    for address in addresses:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port or _USUAL.get(parts.scheme, 0)
        except ValueError:
            continue
        if host:
            places.add((_HERE[0] if host in _HERE else host.rstrip("."), port))
    return places


def _word(host: str, port: int) -> str:
    if port not in _USUAL.values():
        return f":{port}"
    return "" if host == _HERE[0] else host


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """Rules of a session at one venue: its profile with its documents, and which evidence settles an amendment."""

    profile: Profile
    evidence: EvidencePolicy


@dataclass(frozen=True, slots=True)
class Session:
    """The ticket started. From here on the state is what `fold.begin` makes of the one before."""

    at: int
    version: str
    accounts: tuple[Party, ...]
    rules: tuple[RulesInForce, ...]


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The ticket ended in order. A session without one was killed."""

    at: int


@dataclass(frozen=True, slots=True)
class ClockRead:
    """Reading of the clocks: the wall clock, the monotonic one, and the venue's ahead of ours (None where not known).

    All in nanoseconds. Two readings tell whether the wall clock was set between them.
    """

    account: str
    at: int
    monotonic: int
    venue_ahead: int | None


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Amendments that a ticket with a journal of its own left without an outcome: taken over here.

    Attributes:
        source: file name of the other journal.
        rows: the rows concerned, as that ticket knew them; `amendments` all their amendments.
    """

    at: int
    source: str
    rows: tuple[Lineage, ...]
    amendments: tuple[Amendment, ...]


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The other side of `LeftBehind`: another journal goes on with these amendments, this one no longer does."""

    at: int
    amendments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Previous:
    """The segment a new one continues: its file name, and the number and hash (hexadecimal) of its last row."""

    name: str
    seq: int
    hash: str
