"""Amendments without an outcome in journals that this run does not write, and the verbs' sentences on them."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.desk.desk import Desk
from app.desk.journal.elsewhere import InFlight, in_flight
from app.desk.journal.records import identity_of
from app.desk.state import Lineage


@dataclass(frozen=True, slots=True)
class OtherJournals:
    """Amendments that other journals have in flight on the accounts of a desk.

    Attributes:
        in_flight: journal by journal.
        unread: one sentence for each journal that cannot be read.
    """

    in_flight: tuple[InFlight, ...] = ()
    unread: tuple[str, ...] = ()

    def of(self, lineage: Lineage) -> InFlight | None:
        """Amendment of this order in another journal; None if there is none."""
        return next(iter(self.all_of(lineage)), None)

    def all_of(self, lineage: Lineage) -> list[InFlight]:
        """Amendments of this order in other journals."""
        return [each for each in self.in_flight if each.account == lineage.account and each.is_of(lineage)]

    def sentences(self, config: Path) -> list[str]:
        """For each journal how many there are in it and how to learn more, and which cannot be read."""
        sentences = []
        for path in dict.fromkeys(each.path for each in self.in_flight):
            names = [each.amendment.amendment_id for each in self.in_flight if each.path == path]
            what = f"{len(names)} amendments are" if len(names) > 1 else f"{names[0]} is"
            sentences.append(f"{what} unresolved in another journal; {how_to_ask(path, config, names)}.")
        return [*sentences, *self.unread]


async def read_others(desk: Desk, journals: Sequence[Path]) -> OtherJournals:
    """Read journals, but for the desk's own.

    Args:
        desk: the desk.
        journals: the first files.
    """
    rulebooks = {venue.profile.name: venue.rulebook for venue in desk.venues.values()}
    identities = {name: identity_of(account) for name, account in desk.accounts.items()}
    own, unread = desk.journal.path if desk.journal is not None else None, list[str]()
    read = await asyncio.to_thread(in_flight, journals, own, rulebooks, unread)
    same = tuple(each for each in read if identities.get(each.account) == each.identity)
    return OtherJournals(same, tuple(unread))


def how_to_ask(journal: Path, config: Path, names: Sequence[str]) -> str:
    """Commands that tell more of amendments that a journal has without an outcome."""
    kept, accounts = shlex.quote(str(journal)), shlex.quote(str(config))
    name = f" {names[0]}" if len(names) == 1 else ""
    return (
        f"`redline journal{name} --journal {kept}` tells what is known, "
        f"`redline orders --config {accounts} --journal {kept}` looks it up where no ticket is running on it"
    )
