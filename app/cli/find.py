"""`redline find TEXT`: which order somebody means, from whatever they have of it. Reads the record alone."""

from __future__ import annotations

import argparse
import shlex
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from app.cli import shapes, zones
from app.cli.journal.command import Progress, where
from app.cli.journal.survey import Family, NoJournal, Segment, families
from app.cli.output import answer, answer_json, joined, json_text, tell
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.cli.running import fail
from app.desk.finding.index import Index, index_of
from app.desk.finding.query import Query, QueryError, read
from app.desk.finding.searching import Found, Match, Place, search
from app.desk.finding.words import Kind
from app.desk.journal.store import StoreError
from app.runtime.temporary import TemporaryFolder

#: Characters of a question that are said again.
_SAID = 120


#: Most characters that are read of standard input.
_PASTED = 1_000_000


@dataclass(frozen=True, slots=True)
class Hit:
    """An order that was found, and the family whose record has it."""

    family: Family
    found: Found
    files: Sequence[tuple[int, str]]

    def file(self, seq: int) -> Path:
        """Return the file that a row stands in: the last one that begins at it or before."""
        name = next(name for began, name in reversed(self.files) if began <= seq)
        return self.family.path.with_name(name)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what was found.

    Attributes:
        hits: the likeliest first; `more` tells whether there are others.
        journals: the families that were looked through.
        problems: a sentence on each thing that could not be read.
    """

    query: Query
    hits: tuple[Hit, ...]
    more: bool
    journals: tuple[Family, ...]
    problems: tuple[str, ...]

    def none(self, zone: tzinfo) -> list[str]:
        """Return lines for who found nothing: what was looked through, and what to try."""
        extents = [each.extent for one in self.journals for each in one.segments]
        ends = [at for each in extents for at in (each.first_at, each.last_at) if at]
        span = f" from {zones.told(min(ends), zone)} to {zones.told(max(ends), zone)}" if ends else ""
        count = sum(each.records for each in self.journals)
        names = ", ".join(shlex.quote(str(each.path)) for each in self.journals)
        text = self.query.text
        asked = text if len(text) <= _SAID else f"{text[:_SAID]}…"
        return [
            f"No order fits “{asked}”: {count:,} rows{span} of {names} were looked through.",
            "Write less of it, or another thing you know: the end of an id, a symbol, a price, a time such as 10:31.",
        ]


def run(arguments: argparse.Namespace) -> int:
    """Run the verb.

    Args:
        arguments: `text` (words), `journal`, `config`, `account`, `since`, `most`, `utc`, `tz` and `json`.

    Returns:
        0 if an order was found, 3 if none was, 2 for bad input, 4 if interrupted.
    """
    zone = zones.chosen(arguments)
    try:
        with TemporaryFolder("find") as folder:
            return _told(arguments, _words(arguments.text), zone, folder)
    except (NoJournal, StoreError, QueryError) as error:
        return fail(arguments, str(error))
    except (OSError, sqlite3.Error) as error:
        return fail(arguments, f"The journal cannot be looked through ({error}); name another, or make room.")
    except KeyboardInterrupt:
        return fail(arguments, "Interrupted; what was read so far is kept, and need not be read again.", EXIT_UNKNOWN)


def _words(text: Sequence[str]) -> str:
    """Text that is looked for; “-” alone is what comes on standard input, as much of it as anybody pastes."""
    if list(text) != ["-"]:
        return " ".join(text)
    return sys.stdin.read(_PASTED) if sys.stdin is not None else ""


def _told(arguments: argparse.Namespace, text: str, zone: tzinfo, folder: Path) -> int:
    asked = asked_of(arguments, text, zone, folder, arguments.most, arguments.account, arguments.since or 0)
    if arguments.json:
        written = answer_json(_document(asked))
    else:
        for sentence in asked.problems:
            tell(sentence)
        written = answer(_text(asked, zone))
    if not written:
        return EXIT_INPUT
    return EXIT_OK if asked.hits else EXIT_REFUSED


def asked_of(
    arguments: argparse.Namespace,
    text: str,
    zone: tzinfo,
    folder: Path,
    most: int,
    account: str | None = None,
    since: int = 0,
) -> Asked:
    """Look for orders in the journal that is named.

    Args:
        arguments: `journal`, `config` and `json`.
        text: what is looked for. zone: of times in it.
        folder: an empty place for copies of what is damaged, and for an index that cannot lie beside its journal.
        most: how many orders are told. account, since: as for `search`.

    Raises:
        NoJournal, StoreError, QueryError, OSError, sqlite3.Error: there is no answer.
    """
    query, path = read(text, zone), where(arguments)
    journals = families(path, folder)
    if not journals:
        raise NoJournal(f"There is no journal at {path}; name one with --journal.")
    problems: list[str] = []
    hits: list[Hit] = []
    more = False
    reading = Progress("new rows read", _nobody if arguments.json else tell)
    for family in journals:
        segments = [each for each in family.segments if each.is_read]

        def look(index: Index, family: Family = family, segments: Sequence[Segment] = segments) -> bool:
            unread = index.update(
                [each.source for each in segments], [each.path.name for each in segments], reading.at_row
            )
            told = search(index, query, most, account, since)
            problems.extend(unread)
            hits.extend(Hit(family, each, index.files()) for each in told.found)
            return told.more

        more = _indexed(family, folder, look) or more
    hits.sort(key=lambda hit: (hit.found.rank, -hit.found.last.at))
    problems += [
        f"{each.path.name}: {each.salvaged.text}" for one in journals for each in one.segments if each.salvaged
    ]
    return Asked(query, tuple(hits[:most]), more or len(hits) > most, tuple(journals), tuple(problems))


def _indexed(family: Family, folder: Path, look: Callable[[Index], bool]) -> bool:
    """Look into the index of a family: the one beside it; one for this time where there can be none.

    One that turns out to be damaged while it is read is made anew, once.
    """
    path = index_of(family.path)
    for again in (False, True):
        try:
            index = Index(path)
        except (OSError, sqlite3.Error):
            path = folder / f"{family.path.name}.find"
            index = Index(path)
        try:
            return look(index)
        except sqlite3.DatabaseError:
            if again:
                raise
            index.close()
            path.unlink()
        finally:
            index.close()
    raise AssertionError("it was looked into twice")


def _text(asked: Asked, zone: tzinfo) -> str:
    if not asked.hits:
        return joined(asked.none(zone))
    lines: list[str] = []
    for hit in asked.hits:
        each = hit.found
        what = " ".join(part for part in (each.symbol, each.market, each.side) if part)
        lines += [
            f"{each.account}  {what}  order {' → '.join(each.ids)}",
            f"  {_state(each)}",
            f"  first seen {_when(hit, each.first, zone)}",
            f"  last news  {_when(hit, each.last, zone)}",
            *(f"  {_why(hit, match, zone)}" for match in each.matches),
            f"  `redline story {shlex.quote(f'{each.account}/{each.ids[-1]}')}{_named(hit)}` tells what happened",
            f"  `redline open {shlex.quote(str(hit.family.path))} --at {shapes.when(_moment(each).at)}` shows it then",
            "",
        ]
    count = f"{len(asked.hits):,} order{'s' * (len(asked.hits) != 1)}"
    others = " shown, and there are more: write more of what you have, or --most N"
    return joined([*lines, f"{count}{others if asked.more else ' found'}"])


def _named(hit: Hit) -> str:
    return f" --journal {shlex.quote(str(hit.family.path))}"


def _when(hit: Hit, place: Place, zone: tzinfo) -> str:
    file = hit.file(place.seq)
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


def _document(asked: Asked) -> str:
    return json_text(
        {
            "asked": asked.query.text,
            "orders": [_shape(each) for each in asked.hits],
            "more": asked.more,
            "problems": list(asked.problems),
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
    return {"at": shapes.when(place.at), "file": str(hit.file(place.seq)), "row": place.seq}


def _nobody(sentence: str) -> None:
    """Say nothing: who reads a JSON document wants nothing else."""
