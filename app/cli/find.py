"""`redline find TEXT`: which order somebody means, from whatever they have of it. Reads the record alone."""

from __future__ import annotations

import argparse
import shlex
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from app.cli import shapes, zones
from app.cli.journal.command import Progress, where
from app.cli.journal.survey import Family, NoJournal, families
from app.cli.output import answer, answer_json, joined, json_text, tell
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.cli.running import fail
from app.desk.finding.index import Index, index_of
from app.desk.finding.query import Query, QueryError, read
from app.desk.finding.searching import Found, Match, Place, search
from app.desk.finding.words import Kind
from app.desk.journal.store import StoreError
from app.runtime.temporary import TemporaryFolder


@dataclass(frozen=True, slots=True)
class Hit:
    """An order that was found, and the family whose record has it."""

    family: Family
    found: Found
    files: Sequence[tuple[int, str]]

    def file(self, place: Place) -> Path:
        """The file that a row stands in: the last one that begins at it or before."""
        name = next(name for began, name in reversed(self.files) if began <= place.seq)
        return self.family.path.with_name(name)


def run(arguments: argparse.Namespace) -> int:
    """Run the verb.

    Args:
        arguments: `text` (words), `journal`, `config`, `account`, `since`, `most`, `utc`, `tz` and `json`.

    Returns:
        0 if an order was found, 3 if none was, 2 for bad input, 4 if interrupted.
    """
    zone = zones.chosen(arguments)
    try:
        query = read(" ".join(arguments.text), zone)
        with TemporaryFolder("find") as folder:
            return _told(arguments, query, zone, folder)
    except (NoJournal, StoreError, QueryError) as error:
        return fail(arguments, str(error))
    except (OSError, sqlite3.Error) as error:
        return fail(arguments, f"The journal cannot be looked through ({error}); name another, or make room.")
    except KeyboardInterrupt:
        return fail(arguments, "Interrupted; what was read so far is kept, and need not be read again.", EXIT_UNKNOWN)


def _told(arguments: argparse.Namespace, query: Query, zone: tzinfo, folder: Path) -> int:
    path = where(arguments)
    journals = families(path, folder)
    if not journals:
        raise NoJournal(f"There is no journal at {path}; name one with --journal.")
    problems: list[str] = []
    hits: list[Hit] = []
    more = False
    reading = Progress("new rows read", _nobody if arguments.json else tell)
    for family in journals:
        with _indexed(family, folder) as index:
            segments = [each for each in family.segments if each.is_read]
            names = [each.path.name for each in segments]
            problems += index.update([each.source for each in segments], names, reading.at_row)
            told = search(index, query, arguments.most, arguments.account, arguments.since or 0)
            hits += [Hit(family, each, index.files()) for each in told.found]
        more = more or told.more
    hits.sort(key=lambda hit: (hit.found.rank, -hit.found.last.at))
    problems += [
        f"{each.path.name}: {each.salvaged.text}" for one in journals for each in one.segments if each.salvaged
    ]
    shown, more = hits[: arguments.most], more or len(hits) > arguments.most
    if arguments.json:
        written = answer_json(_document(query, shown, more, problems))
    else:
        for sentence in problems:
            tell(sentence)
        written = answer(_text(query, shown, more, journals, zone))
    if not written:
        return EXIT_INPUT
    return EXIT_OK if shown else EXIT_REFUSED


@contextmanager
def _indexed(family: Family, folder: Path) -> Iterator[Index]:
    """The index of a family: the one beside it, or one for this time where there can be none."""
    try:
        index = Index(index_of(family.path))
    except (OSError, sqlite3.Error):
        index = Index(folder / f"{family.path.name}.find")
    try:
        yield index
    finally:
        index.close()


def _text(query: Query, hits: Sequence[Hit], more: bool, journals: Sequence[Family], zone: tzinfo) -> str:
    if not hits:
        return joined(_none(query, journals, zone))
    lines: list[str] = []
    for hit in hits:
        each = hit.found
        what = " ".join(part for part in (each.symbol, each.market, each.side) if part)
        lines += [
            f"{each.account}  {what}  order {' → '.join(each.ids)}",
            f"  {_state(each)}",
            f"  first seen {_when(hit, each.first, zone)}",
            f"  last news  {_when(hit, each.last, zone)}",
            *(f"  {_why(hit, match, zone)}" for match in each.matches),
            f"  `redline open {shlex.quote(str(hit.family.path))} --at {shapes.when(_moment(each).at)}` shows it then",
            "",
        ]
    count = f"{len(hits):,} order{'s' * (len(hits) != 1)}"
    others = " shown, and there are more: write more of what you have, or --most N"
    return joined([*lines, f"{count}{others if more else ' found'}"])


def _when(hit: Hit, place: Place, zone: tzinfo) -> str:
    file = hit.file(place)
    gone = "" if file.exists() else ", which is not there any more"
    return f"{zones.told(place.at, zone)}, row {place.seq} of {file.name}{gone}"


def _moment(each: Found) -> Place:
    """The moment that a person means: that of a time or a price they know, else the last news."""
    told = [match.place for match in each.matches if match.kind in ("time", Kind.PRICE)]
    return told[0] if told else each.last


def _state(each: Found) -> str:
    state = each.state.replace("_", " ") or "no state told"
    left = f", {each.left} left" if each.left else ""
    return f"{state}{left}{f' at {each.price}' if each.price else ''}"


def _why(hit: Hit, match: Match, zone: tzinfo) -> str:
    since = _when(hit, match.place, zone)
    return f"news of {match.text}: {since}" if match.kind == "time" else f"{match.kind} {match.text} from {since}"


def _none(query: Query, journals: Sequence[Family], zone: tzinfo) -> list[str]:
    ends = [at for one in journals for each in one.segments for at in (each.extent.first_at, each.extent.last_at) if at]
    span = f" from {zones.told(min(ends), zone)} to {zones.told(max(ends), zone)}" if ends else ""
    count = sum(each.records for each in journals)
    names = ", ".join(shlex.quote(str(each.path)) for each in journals)
    asked = query.text if len(query.text) <= _SAID else f"{query.text[:_SAID]}…"
    return [
        f"No order fits “{asked}”: {count:,} rows{span} of {names} were looked through.",
        "Write less of it, or another thing you know: the end of an id, a symbol, a price, a time such as 10:31.",
    ]


#: Characters of a question that are said again.
_SAID = 120


def _document(query: Query, hits: Sequence[Hit], more: bool, problems: Sequence[str]) -> str:
    return json_text(
        {
            "asked": query.text,
            "orders": [_shape(each) for each in hits],
            "more": more,
            "problems": list(problems),
        }
    )


def _shape(hit: Hit) -> shapes.Shape:
    each = hit.found
    return {
        "account": each.account,
        "order_ids": list(each.ids),
        "symbol": each.symbol,
        "market": each.market or None,
        "side": each.side or None,
        "state": each.state or None,
        "over": each.is_over,
        "price": each.price or None,
        "left": each.left or None,
        "first": _place(hit, each.first),
        "last": _place(hit, each.last),
        "found_by": [
            {"kind": str(match.kind), "text": match.text, **_place(hit, match.place)} for match in each.matches
        ],
    }


def _place(hit: Hit, place: Place) -> shapes.Shape:
    return {"at": shapes.when(place.at), "file": str(hit.file(place)), "row": place.seq}


def _nobody(sentence: str) -> None:
    """Say nothing: who reads a JSON document wants nothing else."""
