"""Records of an episode's journal."""

from __future__ import annotations

from collections.abc import Iterable

from app.desk.journal.records import Party, Session
from app.domain import events as ev
from app.domain.account import Account

#: One record: an event, or a start of the program.
EpisodeRecord = ev.Event | Session


def session(now: int, accounts: Iterable[Account]) -> Session:
    """Start of the program with these accounts."""
    return Session(now, "simulated", tuple(Party.of(account) for account in accounts), ())
