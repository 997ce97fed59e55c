"""`redline story ORDER` and `redline why ORDER`: what happened to an order, and why it is as it is; from the record."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import groupby

from app.cli import shapes, zones
from app.cli.find import Hit, asked_of
from app.cli.journal.command import Progress
from app.cli.journal.survey import Family, NoJournal
from app.cli.journal.worlds import worlds_of
from app.cli.output import answer, answer_json, joined, json_text, table, tell
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.cli.running import fail
from app.desk.finding.query import QueryError
from app.desk.finding.searching import EXACT
from app.desk.journal.chain import Row
from app.desk.journal.reading import marks, rows
from app.desk.journal.store import CHECKPOINT, StoreError
from app.desk.story.reasons import reasons
from app.desk.story.telling import Line, Story, needed
from app.desk.story.telling import tell as told_of
from app.domain.ports import Rulebook, Venue
from app.runtime.temporary import TemporaryFolder

#: Orders that are named where it is not clear which is meant.
_NAMED = 5


def run(arguments: argparse.Namespace, venues: Callable[[], Mapping[str, Venue]]) -> int:
    """Run either verb.

    Args:
        arguments: `verb`, `order`, `journal`, `config`, `utc`, `tz` and `json`.
        venues: every venue of the registry, by name.

    Returns:
        0 if the order was found, 3 if none is meant, 2 for bad input or more than one, 4 if interrupted.
    """
    zone = zones.chosen(arguments)
    try:
        with TemporaryFolder("story") as folder:
            found = asked_of(arguments, " ".join(arguments.order), zone, folder, _NAMED + 1)
            exact = [hit for hit in found.hits if hit.found.rank == EXACT]
            meant = exact or found.hits
            if not meant:
                return fail(arguments, joined(found.none(zone)).replace("\n", " "), EXIT_REFUSED)
            if len(meant) > 1:
                return fail(arguments, _unclear(meant))
            return _told(arguments, meant[0], zone, {name: venue.rulebook for name, venue in venues().items()})
    except (NoJournal, StoreError, QueryError) as error:
        return fail(arguments, str(error))
    except (OSError, sqlite3.Error) as error:
        return fail(arguments, f"The journal cannot be looked through ({error}); name another, or make room.")
    except KeyboardInterrupt:
        return fail(arguments, "Interrupted; the journal was not read to its end.", EXIT_UNKNOWN)


def _told(arguments: argparse.Namespace, hit: Hit, zone: tzinfo, rulebooks: Mapping[str, Rulebook]) -> int:
    reading = Progress("rows read for the story", _nobody if arguments.json else tell)
    account = hit.found.account
    records = needed(_records(hit.family, hit.found.first.seq), account)
    story = told_of(records, account, hit.found.ids, rulebooks, reading.at_row)
    for sentence in story.problems:
        tell(sentence)
    if story.row is None:
        sentence = f"The rows that told of {account}/{hit.found.ids[0]} are not there any more."
        return fail(arguments, sentence, EXIT_REFUSED)
    if arguments.json:
        written = answer_json(_document(hit, story, arguments.verb))
    elif arguments.verb == "why":
        written = answer(joined([*_head(hit, story), *reasons(story, lambda at: zones.told(at, zone))]))
    else:
        state, *_ = reasons(story, lambda at: zones.told(at, zone))
        written = answer(joined([*_head(hit, story), state, "", *_lines(hit, story.lines, zone)]))
    return EXIT_OK if written else EXIT_INPUT


def _records(family: Family, first: int) -> Iterator[Row]:
    """The rows of a family from the last checkpoint before one on."""
    sources = family.sources
    begun, at = 0, 0
    for number, path in enumerate(sources):
        for seq, _ in marks(path, (CHECKPOINT,)):
            if seq <= first:
                begun, at = number, seq
    for number, path in enumerate(sources[begun:]):
        yield from rows(path, first=at if number == 0 else 0)


def _head(hit: Hit, story: Story) -> list[str]:
    row = story.row
    assert row is not None
    order = row.order
    world = worlds_of(list(hit.family.sources)).get(story.account, "")
    what = " ".join(part for part in (order.symbol, order.market, order.side.value) if part)
    return [f"{f'{world} {story.account}'.strip()}  {what}  order {' → '.join(row.ids)}"]


def _lines(hit: Hit, lines: Sequence[Line], zone: tzinfo) -> list[str]:
    cells = table([[zones.told(each.at, zone), each.who] for each in lines])
    wide = max(map(len, cells), default=0)
    return [f"{cell:<{wide}}  {each.text}  ({_evidence(hit, each)})" for cell, each in zip(cells, lines, strict=True)]


def _evidence(hit: Hit, line: Line) -> str:
    """The rows a line stands in, with their file where there are several."""
    parts: list[str] = []
    for name, seqs in groupby(line.rows, lambda seq: hit.file(seq).name):
        numbers = [str(seq) for seq in seqs]
        of = f" of {name}" if len(hit.files) > 1 else ""
        parts.append(f"row{'s' * (len(numbers) > 1)} {', '.join(numbers)}{of}")
    return "; ".join(parts)


def _unclear(hits: Sequence[Hit]) -> str:
    names = ", ".join(f"{hit.found.account}/{hit.found.ids[-1]}" for hit in hits[:_NAMED])
    return f"More than one order is meant: {names}{' …' * (len(hits) > _NAMED)}; write more of it."


def _document(hit: Hit, story: Story, verb: str) -> str:
    row = story.row
    assert row is not None
    shown: shapes.Shape = {
        "account": story.account,
        "order_ids": list(row.ids),
        "symbol": row.order.symbol,
        "side": row.order.side.value,
        "state": row.order.status.value,
        "price": shapes.number(row.order.price),
        "left": shapes.number(row.order.unfilled),
        "as_of": shapes.when(row.seen_at),
        "problems": story.problems,
    }
    if verb == "why":
        shown["why"] = reasons(story, lambda at: shapes.when(at) or "")
    else:
        shown["lines"] = [
            {
                "at": shapes.when(each.at),
                "who": each.who,
                "text": each.text,
                "evidence": [{"file": str(hit.file(seq)), "row": seq} for seq in each.rows],
            }
            for each in story.lines
        ]
    return json_text(shown)


def _nobody(sentence: str) -> None:
    """Say nothing: who reads a JSON document wants nothing else."""
