"""Amendments in flight in other journals: those of tickets that run beside this one, or that ended without an outcome.

Reads only, beside whoever writes. An intent is on the disk before its first byte leaves, so whatever may have reached a
venue is seen here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.desk.journal import files as files
from app.desk.journal.history import NONSENSE
from app.desk.journal.reading import rows
from app.desk.journal.replay import Folded, replay
from app.desk.journal.store import StoreError, not_ours
from app.desk.state import Lineage
from app.domain.amendment import Amendment
from app.domain.ports import Rulebook


@dataclass(frozen=True, slots=True)
class InFlight:
    """An amendment without an outcome in a journal that this ticket does not write.

    Attributes:
        path: the first file of that journal.
        account: configured name there.
        identity: tells whether it is the same account here; see `identity_of`.
        ids: every order id its order has had.
    """

    path: Path
    account: str
    identity: str
    ids: tuple[str, ...]
    amendment: Amendment

    def is_of(self, lineage: Lineage) -> bool:
        """Return True if it is of this order, if the accounts are the same."""
        return not set(self.ids).isdisjoint(lineage.ids)


def in_flight(
    journals: Iterable[Path], own: Path | None, rulebooks: Mapping[str, Rulebook], unread: list[str]
) -> list[InFlight]:
    """The amendments without an outcome in journals of these names.

    Args:
        journals: first files; those of the tickets that ran beside them are read too.
        own: the one that is left out, because this ticket writes it.
        rulebooks: by venue name.
        unread: takes one sentence for each journal that cannot be read.
    """
    families = dict.fromkeys(each.resolve() for path in journals for each in (path, *files.siblings(path)))
    if own is not None:
        families.pop(own.resolve(), None)
    found: list[InFlight] = []
    for path in families:
        try:
            found += _of(path, _folded(path, rulebooks))
        except (StoreError, OSError) as error:
            unread.append(str(error))
        except NONSENSE as error:
            unread.append(f"The journal {path} cannot be folded: {error}.")
    return found


def _folded(path: Path, rulebooks: Mapping[str, Rulebook]) -> Folded:
    for segment in reversed(files.segments(path)):
        if why := not_ours(segment):
            raise StoreError(why)
        tail = list(rows(segment, since_checkpoint=True)) or list(rows(segment))
        if tail:
            return replay(tail, rulebooks, [])
    return Folded()


def _of(path: Path, folded: Folded) -> Iterator[InFlight]:
    states = [(folded.state, party) for party in folded.parties.values()]
    states += [(parked.state, parked.party) for parked in folded.parked.values()]
    for state, party in states:
        for each in state.unsettled(party.name):
            yield InFlight(path, party.name, party.identity, tuple(state.lineages[each.lineage].ids), each)
