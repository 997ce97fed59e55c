"""Survey of a journal: its files, its sessions, whether its chain holds, and every amendment it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from app.cli.journal.worlds import worlds_of
from app.desk.journal import files as files
from app.desk.journal.chain import Broken, Row, RowFault
from app.desk.journal.history import KnownAmendment, known
from app.desk.journal.reading import Extent, extent, marks, verify_family
from app.desk.journal.records import Session, SessionEnded
from app.desk.journal.salvage import Salvaged, salvage
from app.desk.journal.store import StoreError, not_ours
from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.domain.ports import Rulebook


class NoJournal(Exception):
    """There is nothing that can be read; one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Counts of a family's sessions by how they ended.

    Attributes:
        count: how many began. killed: how many had no end recorded when the next one began.
        open: whether the last one has no end recorded: it still runs, or it was killed too.
    """

    count: int
    killed: int
    open: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """One file.

    Attributes:
        path: where it lies. source: where its rows are read: there, or in a copy of what can be read of it.
        salvaged: what is lost of it, None for a file that can be read.
    """

    path: Path
    source: Path
    extent: Extent
    salvaged: Salvaged | None = None

    @property
    def is_read(self) -> bool:
        """Return True if any of its rows can be read."""
        return self.salvaged is None or self.salvaged.copy is not None


@dataclass(frozen=True, slots=True)
class Family:
    """The segments that one ticket at a time writes, oldest first, and what is wrong with their chain.

    `worlds` is by account name; see `app.cli.journal.worlds`.
    """

    path: Path
    segments: tuple[Segment, ...]
    sessions: Sessions
    faults: tuple[tuple[Path, Broken], ...] = ()
    worlds: Mapping[str, str] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files its rows are read from."""
        return tuple(each.source for each in self.segments if each.is_read)

    @property
    def records(self) -> int:
        """Number of rows it has."""
        return sum(each.extent.records for each in self.segments)

    def shown(self, source: Path) -> Path:
        """The file that a person knows by the rows read here."""
        return next(each.path for each in self.segments if each.source == source)


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
    whole: KnownAmendment | None


@dataclass(frozen=True, slots=True)
class AmendedOrder:
    """An order that was amended.

    Attributes:
        ids: by account, every order id that is known; more than one account where two venues use the same id.
        amendments: the newest first; none if no amended order is meant.
    """

    ids: Mapping[str, tuple[str, ...]]
    amendments: tuple[Listed, ...]


def _listed(path: Path, entry: KnownAmendment, *, whole: bool) -> Listed:
    each = entry.amendment
    ids = tuple(dict.fromkeys((each.command.order.order_id, each.new_order_id or each.command.order.order_id)))
    times = [rung.at for rung in each.rungs] or [0]
    return Listed(
        path=path,
        name=each.amendment_id,
        account=entry.account,
        ids=ids,
        asked=each.asked,
        stage=each.stage,
        outcome=each.outcome,
        missing=each.missing if each.is_open else "",
        at=times[0],
        news_at=times[-1],
        whole=entry if whole else None,
    )


def families(path: Path, folder: Path) -> list[Family]:
    """The families of that name, without a look at their chains.

    Args:
        path: the first segment's file.
        folder: an empty place for copies of what can be read of damaged files.

    Returns:
        Empty if there is no such file.

    Raises:
        NoJournal: if a file is no journal or of a newer version.
    """
    if files.is_of_nobody(path):
        raise NoJournal(f"{path} is an empty file and no journal of Redline; name another with --journal.")
    all_of_name = []
    for first in (each for each in (path, *files.siblings(path)) if files.segments(each)):
        for each in files.segments(first):
            if why := not_ours(each):
                raise NoJournal(why)
        all_of_name.append(_family(first, [_segment(each, folder) for each in files.segments(first)]))
    return all_of_name


def _family(path: Path, segments: Sequence[Segment]) -> Family:
    read = [each.source for each in segments if each.is_read]
    return Family(path, tuple(segments), _sessions(read), worlds=worlds_of(read))


def _segment(path: Path, folder: Path) -> Segment:
    try:
        return Segment(path, path, extent(path))
    except StoreError:
        return _salvaged(path, folder)


def _salvaged(path: Path, folder: Path) -> Segment:
    rescue = salvage(path, folder / path.stem)
    if rescue.copy is None:
        return Segment(path, path, Extent(0, None, None), rescue)
    return Segment(path, rescue.copy, extent(rescue.copy), rescue)


def _sessions(segments: Iterable[Path]) -> Sessions:
    count, killed, running = 0, 0, False
    for path in segments:
        try:
            session_marks = marks(path, (Session.__name__, SessionEnded.__name__))
        except StoreError:
            continue
        for _, kind in session_marks:
            began = kind == Session.__name__
            killed += began and running
            count, running = count + began, began
    return Sessions(count, killed, running)


def checked(family: Family, at_row: Callable[[Row], None], folder: Path) -> Family:
    """The family with what is wrong with its chain.

    Args:
        family: from `families`, with the same `folder`.
        at_row: called for each row.
        folder: for copies of what can be read of damaged files.
    """
    faults = _faults(family, at_row)
    whole = {each.path for each in family.segments if each.salvaged is None}
    damaged = {path for path, broken in faults if broken.fault is RowFault.UNREADABLE} & whole
    if damaged:
        segments = [_salvaged(each.path, folder) if each.path in damaged else each for each in family.segments]
        family = _family(family.path, segments)
        faults = _faults(family, at_row)
    return replace(family, faults=faults)


def _faults(family: Family, at_row: Callable[[Row], None]) -> tuple[tuple[Path, Broken], ...]:
    faults: list[tuple[Path, Broken]] = []
    run: list[Path] = []
    for each in family.segments:
        if each.is_read:
            run.append(each.source)
        if each.salvaged is not None:
            # What follows a part that is lost cannot continue it; that is said once.
            faults += verify_family(run, at_row)
            faults.append((each.source, Broken(each.salvaged.lost, RowFault.UNREADABLE, each.salvaged.text)))
            run = []
    faults += verify_family(run, at_row)
    return tuple((family.shown(source), broken) for source, broken in faults)


def amendments(
    surveyed: Sequence[Family],
    rulebooks: Mapping[str, Rulebook],
    problems: list[str],
    at_row: Callable[[Row], None],
    wanted: str = "",
) -> list[Listed]:
    """Every amendment: first those without an outcome, then those that are settled, the newest first.

    Args:
        surveyed: the families, checked.
        rulebooks: by venue name.
        problems: takes one sentence for each row that cannot be read.
        at_row: called for each row that is folded.
        wanted: a beginning or an end of an amendment's id, or an order; of these amendments everything is kept.
    """
    latest: dict[str, Listed] = {}
    for family in surveyed:
        mine: dict[str, Listed] = {}
        for each in known(family.sources, rulebooks, problems, at_row, thorough=bool(family.faults)):
            name = each.amendment.amendment_id
            meant = bool(wanted) and (_is_meant(name, wanted) or _is_of(each, wanted))
            mine[name] = _listed(family.path, each, whole=meant)
        for name, listed in mine.items():
            # One that another family took over is in both; the one that goes on with it has the latest news.
            if name not in latest or latest[name].news_at < listed.news_at:
                latest[name] = listed
    return sorted(latest.values(), key=lambda each: (each.stage.is_settled, -each.at, each.name))


def world_of(surveyed: Sequence[Family], account: str) -> str:
    """The world, or worlds, of an account in capitals; "" where no session's record tells."""
    return next((each.worlds[account] for each in surveyed if account in each.worlds), "")


def chosen(listed: Sequence[Listed], wanted: str) -> list[Listed]:
    """The amendments a person may mean: the one of that id, else all whose id begins or ends so."""
    exactly = [each for each in listed if each.name == wanted]
    return exactly or [each for each in listed if _is_meant(each.name, wanted)]


def of_order(listed: Sequence[Listed], wanted: str) -> AmendedOrder:
    """The amendments of an order, through all the ids it has had, the newest first.

    Args:
        listed: all amendments.
        wanted: an order id, a client id, or account/id.
    """
    ids: dict[str, dict[str, None]] = {}
    mine: dict[str, Listed] = {}
    more = [each for each in listed if each.whole is not None and _is_of(each.whole, wanted)]
    while more:
        for each in more:
            mine[each.name] = each
            names = ids.setdefault(each.account, {})
            names.update(dict.fromkeys((*(each.whole.ids if each.whole is not None else ()), *each.ids)))
        # An amendment may have been forgotten before its order got the id that it has now.
        more = [
            each
            for each in listed
            if each.name not in mine and not ids.get(each.account, {}).keys().isdisjoint(each.ids)
        ]
    newest = sorted(mine.values(), key=lambda each: (-each.at, each.name))
    return AmendedOrder({account: tuple(names) for account, names in ids.items()}, tuple(newest))


def _is_of(known: KnownAmendment, wanted: str) -> bool:
    amendment = known.amendment
    names = {*known.ids, *(f"{known.account}/{each}" for each in known.ids), amendment.lineage}
    return wanted in names or wanted == amendment.command.order.client_id


def _is_meant(name: str, wanted: str) -> bool:
    return name.startswith(wanted) or name.endswith(wanted)
