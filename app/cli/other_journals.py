"""Amendments without an outcome in journals that this run does not write, and the verbs' sentences on them."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.desk.desk import Desk
from app.desk.journal.elsewhere import InFlight, in_flight, set_aside
from app.desk.journal.records import marks_of, words_of
from app.desk.state import Lineage
from app.runtime.opening import kept_journals


@dataclass(frozen=True, slots=True)
class OtherJournals:
    """Amendments that are in flight on the accounts of a desk and that it does not follow.

    Attributes:
        in_flight: in other journals, journal by journal.
        unread: one sentence for each journal that cannot be read.
        marks: of the desk's accounts, by name; see `marks_of`.
        aside: in its own journal, on the same accounts under names that are not configured any more.
    """

    in_flight: tuple[InFlight, ...] = ()
    unread: tuple[str, ...] = ()
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    aside: tuple[InFlight, ...] = ()

    def of(self, lineage: Lineage) -> InFlight | None:
        """Amendment of this order in another journal; None if there is none."""
        return next(iter(self.all_of(lineage)), None)

    def all_of(self, lineage: Lineage) -> list[InFlight]:
        """Amendments of this order in other journals, or set aside in the desk's own."""
        marks = self.marks.get(lineage.account, frozenset())
        return [each for each in (*self.in_flight, *self.aside) if each.is_of(marks, lineage.ids)]

    def _calls_it_so(self, one: InFlight) -> bool:
        return not one.marks.isdisjoint(self.marks.get(one.account, frozenset()))

    def sentences(self, config: Path) -> list[str]:
        """For each journal how many there are in it and how to learn more, and which cannot be read."""
        sentences = []
        for path in dict.fromkeys(each.path for each in self.in_flight):
            these = [each for each in self.in_flight if each.path == path]
            names = [each.amendment.amendment_id for each in these]
            what = f"{len(names)} amendments are" if len(names) > 1 else f"{names[0]} is"
            known = all(self._calls_it_so(each) for each in these)
            how = how_to_ask(path, config, names) if known else how_to_ask_there(path, these[0].account, names)
            sentences.append(f"{what} unresolved in another journal; {how}.")
        return [*sentences, *self.unread]


async def read_others(desk: Desk, journals: Sequence[Path]) -> OtherJournals:
    """Read journals, but for the desk's own.

    Args:
        desk: the desk.
        journals: the first files.
    """
    rulebooks = {venue.profile.name: venue.rulebook for venue in desk.venues.values()}
    marks = {name: marks_of(account) for name, account in desk.accounts.items()}
    words = frozenset[str]().union(*map(words_of, desk.accounts.values()))
    own, unread = desk.journal.path if desk.journal is not None else None, list[str]()

    def read() -> list[InFlight]:
        return in_flight(journals, own, rulebooks, unread, words, kept_journals())

    found = await asyncio.to_thread(read)
    aside = set_aside(own, desk.recovered.folded) if own is not None and desk.recovered is not None else []
    ours = frozenset[str]().union(*marks.values())
    there, here = (tuple(each for each in some if not ours.isdisjoint(each.marks)) for some in (found, aside))
    return OtherJournals(there, tuple(unread), marks, here)


def how_to_ask(journal: Path, config: Path, names: Sequence[str]) -> str:
    """Commands that tell more of amendments that a journal has without an outcome."""
    accounts = shlex.quote(str(config))
    kept = shlex.quote(str(journal))
    return (
        f"{_what_is_known(journal, names)}, "
        f"`redline orders --config {accounts} --journal {kept}` looks it up where no ticket is running on it"
    )


def how_to_ask_there(journal: Path, account: str, names: Sequence[str]) -> str:
    """The same where this configuration has another name for the account, so that a start with it looks up nothing."""
    known = _what_is_known(journal, names)
    return f"{known}, a start with the configuration that calls the account {account} looks it up"


def _what_is_known(journal: Path, names: Sequence[str]) -> str:
    name = f" {names[0]}" if len(names) == 1 else ""
    return f"`redline journal{name} --journal {shlex.quote(str(journal))}` tells what is known"
