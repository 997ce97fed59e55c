"""What stands in a journal: its files, its sessions, whether its chain holds, and every amendment it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from app.desk import journal_files as files
from app.desk.journal_chain import Broken, Row
from app.desk.journal_history import Known, known
from app.desk.journal_reading import Extent, extent, marks, verify_family
from app.desk.journal_store import StoreError, not_ours
from app.desk.protocols import Rulebook
from app.desk.records import Session, SessionEnded
from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName


class NoJournal(Exception):
    """There is nothing to read; one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """How a family's sessions ended.

    Attributes:
        count: how many began. killed: how many had no end recorded when the next one began.
        open: whether the last one has no end recorded: it still runs, or it was killed too.
    """

    count: int
    killed: int
    open: bool


@dataclass(frozen=True, slots=True)
class Family:
    """The segments that one ticket at a time writes, oldest first, and what is wrong with their chain."""

    path: Path
    segments: tuple[tuple[Path, Extent], ...]
    sessions: Sessions
    faults: tuple[tuple[Path, Broken], ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The segments' files."""
        return tuple(path for path, _ in self.segments)

    @property
    def records(self) -> int:
        """How many rows it has."""
        return sum(found.records for _, found in self.segments)


@dataclass(frozen=True, slots=True)
class Listed:
    """One amendment of the list. There may be very many, so only what a person chooses one by is kept.

    Attributes:
        path: the first segment's file of the family that knows it best.
        ids: the order id it was sent for, then the one it gave the order, if that is another.
        asked: fields with their old and new values. at: when it was asked, nanoseconds UTC. news_at: its last rung.
        whole: all that is known of it, where that was asked for.
    """

    path: Path
    name: str
    account: str
    ids: tuple[str, ...]
    asked: tuple[tuple[FieldName, Decimal | str | None, Decimal | str], ...]
    stage: AmendmentStage
    outcome: str
    missing: str
    at: int
    news_at: int
    whole: Known | None


def _listed(path: Path, found: Known, *, whole: bool) -> Listed:
    each = found.amendment
    ids = tuple(dict.fromkeys((each.command.order.order_id, each.new_order_id or each.command.order.order_id)))
    times = [rung.at for rung in each.rungs] or [0]
    return Listed(
        path=path,
        name=each.amendment_id,
        account=found.account,
        ids=ids,
        asked=each.asked,
        stage=each.stage,
        outcome=each.outcome,
        missing=each.missing if each.is_open else "",
        at=times[0],
        news_at=times[-1],
        whole=found if whole else None,
    )


def families(path: Path) -> list[Family]:
    """The families of that name, without a look at their chains.

    Raises:
        NoJournal: if there is none, or a file is no journal or of a newer version.
    """
    paths = [each for each in (path, *files.siblings(path)) if files.segments(each)]
    if not paths:
        raise NoJournal(f"There is no journal at {path}; name another with --journal.")
    found = []
    for first in paths:
        segments = files.segments(first)
        for each in segments:
            if why := not_ours(each):
                raise NoJournal(why)
        found.append(Family(first, tuple((each, _extent(each)) for each in segments), _sessions(segments)))
    return found


def _extent(path: Path) -> Extent:
    try:
        return extent(path)
    except StoreError:
        return Extent(0, None, None)  # the check of the chain says what is wrong with it


def _sessions(segments: Iterable[Path]) -> Sessions:
    count, killed, running = 0, 0, False
    for path in segments:
        try:
            found = marks(path, (Session.__name__, SessionEnded.__name__))
        except StoreError:
            continue
        for _, kind in found:
            began = kind == Session.__name__
            killed += began and running
            count, running = count + began, began
    return Sessions(count, killed, running)


def checked(family: Family, at_row: Callable[[Row], None]) -> Family:
    """The family with what is wrong with its chain.

    Args:
        family: from `families`.
        at_row: called for each row.
    """
    return replace(family, faults=tuple(verify_family(family.paths, at_row)))


def amendments(
    found: Sequence[Family],
    rulebooks: Mapping[str, Rulebook],
    problems: list[str],
    at_row: Callable[[Row], None],
    wanted: str = "",
) -> list[Listed]:
    """Every amendment: first those without an outcome, then those that are settled, the newest first.

    Args:
        found: the families, checked.
        rulebooks: by venue name.
        problems: takes one sentence for each row that cannot be read.
        at_row: called for each row that is folded.
        wanted: a beginning or an end of an id; of these amendments everything is kept.
    """
    latest: dict[str, Listed] = {}
    for family in found:
        mine: dict[str, Listed] = {}
        for each in known(family.paths, rulebooks, problems, at_row, thorough=bool(family.faults)):
            name = each.amendment.amendment_id
            mine[name] = _listed(family.path, each, whole=bool(wanted) and _is_meant(name, wanted))
        for name, listed in mine.items():
            # One that another family took over is in both; the one that goes on with it has the latest news.
            if name not in latest or latest[name].news_at < listed.news_at:
                latest[name] = listed
    return sorted(latest.values(), key=lambda each: (each.stage.is_settled, -each.at, each.name))


def chosen(found: Sequence[Listed], wanted: str) -> list[Listed]:
    """The amendments a person may mean: the one of that id, else all whose id begins or ends so."""
    exactly = [each for each in found if each.name == wanted]
    return exactly or [each for each in found if _is_meant(each.name, wanted)]


def _is_meant(name: str, wanted: str) -> bool:
    return name.startswith(wanted) or name.endswith(wanted)
