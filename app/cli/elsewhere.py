"""Amendments without an outcome in journals that this run does not write: what the verbs say of them."""

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
class Elsewhere:
    """What other journals have in flight on the accounts of a desk.

    Attributes:
        found: journal by journal. unread: one sentence for each journal that cannot be read.
    """

    found: tuple[InFlight, ...] = ()
    unread: tuple[str, ...] = ()

    def of(self, lineage: Lineage) -> InFlight | None:
        """The one of this order, None if there is none."""
        mine = (each for each in self.found if each.account == lineage.account and each.is_of(lineage))
        return next(mine, None)

    def sentences(self, config: Path) -> list[str]:
        """For each journal how many there are in it and how to learn more, and which cannot be read."""
        told = []
        for path in dict.fromkeys(each.path for each in self.found):
            names = [each.amendment.amendment_id for each in self.found if each.path == path]
            what = f"{len(names)} amendments are" if len(names) > 1 else f"{names[0]} is"
            told.append(f"{what} unresolved in another journal; {how_to_ask(path, config, names)}.")
        return [*told, *self.unread]


async def elsewhere(found: Desk, journals: Sequence[Path]) -> Elsewhere:
    """Read journals, but for the desk's own.

    Args:
        found: the desk.
        journals: the first files.
    """
    rulebooks = {venue.profile.name: venue.rulebook for venue in found.venues.values()}
    identities = {name: identity_of(account) for name, account in found.accounts.items()}
    own, unread = found.journal.path if found.journal is not None else None, list[str]()
    read = await asyncio.to_thread(in_flight, journals, own, rulebooks, unread)
    same = tuple(each for each in read if identities.get(each.account) == each.identity)
    return Elsewhere(same, tuple(unread))


def how_to_ask(journal: Path, config: Path, names: Sequence[str]) -> str:
    """What to type to learn more of amendments that a journal has without an outcome."""
    kept, accounts = shlex.quote(str(journal)), shlex.quote(str(config))
    name = f" {names[0]}" if len(names) == 1 else ""
    return (
        f"`redline journal{name} --journal {kept}` tells what is known, "
        f"`redline orders --config {accounts} --journal {kept}` looks it up where no ticket is running on it"
    )
