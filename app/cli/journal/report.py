"""Text of `redline journal` for people. Nothing is rounded; what is broken stands first, and once more at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.cli import shapes, text
from app.cli.journal.story import Story, StoryRecord
from app.cli.journal.survey import AmendedOrder, Family, Listed, Segment, world_of
from app.cli.journal.words import words
from app.cli.output import joined, table
from app.desk.journal.records import ClockRead
from app.domain.evidence import SECOND
from app.domain.form import FieldName

#: Number of sentences about rows that cannot be read a person is shown; the JSON has all.
_MOST = 20


def survey(families: Sequence[Family], listed: Sequence[Listed], problems: Sequence[str], limits: str) -> str:
    """The whole journal; `limits` says which amendments were asked for, "" for all."""
    lines = _head(families)
    for family in families:
        rows = [["file", "records", "first", "last"], *map(_segment, family.segments)]
        lines += [
            str(family.path),
            *(f"  {line}" for line in table(rows, frozenset({1}))),
            f"  {_sessions(family)}",
            "",
        ]
    lines += [*_unread(problems), *_amendments(families, listed, limits)]
    return joined([*lines, "", *(_broken(families) or [_holds(families)])])


def order(families: Sequence[Family], amended: AmendedOrder, problems: Sequence[str], limits: str) -> str:
    """The amendments of one order, the newest first."""
    lines = [*_head(families), *_orders(families, amended), ""]
    lines += [*_unread(problems), *_amendments(families, amended.amendments, limits)]
    return joined([*lines, "", *(_broken(families) or [_holds(families)])])


def _orders(families: Sequence[Family], amended: AmendedOrder) -> list[str]:
    return [f"{_whose(families, account)}  order {' → '.join(ids)}" for account, ids in amended.ids.items()]


def _whose(families: Sequence[Family], account: str) -> str:
    """An account with the world it lived in."""
    return f"{world_of(families, account)} {account}".strip()


def _amendments(families: Sequence[Family], listed: Sequence[Listed], limits: str) -> list[str]:
    waiting = sum(not each.stage.is_settled for each in listed)
    if not listed:
        return [f"No amendment is recorded{limits}{' in what is left' * bool(_broken(families))}."]
    lines = [f"{len(listed):,} amendment{'s' * (len(listed) != 1)}{limits}, {waiting:,} of them without an outcome"]
    for each in listed:
        lines += [
            "",
            f"{each.name}  {_whose(families, each.account)}  order {' → '.join(each.ids)}",
            f"  asked {shapes.when(each.at)}: {_changes(each.asked)}",
            f"  {each.stage.value}: {each.outcome}",
        ]
        if not each.stage.is_settled:
            lines += _waits(families, each.path, each.missing)
    return lines


def _waits(families: Sequence[Family], path: Path, missing: str) -> list[str]:
    """Lines on what an amendment without an outcome waits for, and whether anybody still does."""
    waits = next(family.sessions.open for family in families if family.path == path)
    ticket = (
        "no end of its ticket is recorded: it still runs, or was killed and nothing waits for an answer"
        if waits
        else "its ticket has ended: nothing waits for an answer until the next one starts on this journal"
    )
    return [*([f"  still missing: {missing}"] if missing else []), f"  {ticket}"]


def story(families: Sequence[Family], history: Story, problems: Sequence[str]) -> str:
    """One amendment: its ladder, the rules it went by, the clocks, and its records."""
    each = history.known.amendment
    asked = f"{_changes(each.asked)}, by {each.command.route}"
    if each.command.behind is not None:
        asked += f", behind {', '.join(each.command.behind.ids)}"
    lines = _head(families)
    lines += [
        f"{each.amendment_id}  {_whose(families, history.known.account)}  order {' → '.join(history.known.ids)}",
        f"asked: {asked}",
        f"{each.stage.value}: {each.outcome}",
        *text.ladder(each),
    ]
    if each.is_open:
        lines += _waits(families, history.path, each.missing)
    lines += ["", *_clock_lines(history), "", *_session_lines(history), "", *_unread(problems)]
    lines.append(
        "records:" if history.records else "Its records are gone: that part of the journal is not there any more."
    )
    for one in history.records:
        lines += _record_lines(one, asked, history.known.ids)
    return joined([*lines, "", *(_broken(families) or [_holds(families)])])


def _segment(each: Segment) -> list[str]:
    name = f"{each.path.name} (incomplete)" if each.salvaged is not None else each.path.name
    ends = [shapes.when(at) or "—" for at in (each.extent.first_at, each.extent.last_at)]
    return [name, f"{each.extent.records:,}", *ends]


def _broken(families: Sequence[Family]) -> list[str]:
    faults = [fault for family in families for fault in family.faults]
    return [f"✕ The chain is broken. {path.name}: {broken.text}" for path, broken in faults]


def _head(families: Sequence[Family]) -> list[str]:
    broken = _broken(families)
    return [*broken, ""] if broken else []


def _holds(families: Sequence[Family]) -> str:
    count, files = sum(each.records for each in families), sum(len(each.segments) for each in families)
    return f"The chain holds through {count:,} rows in {files} file{'s' * (files != 1)}."


def _sessions(family: Family) -> str:
    each = family.sessions
    killed = f"{each.killed} of them killed, no end recorded" if each.killed else "none killed"
    last = "; the last has no end recorded yet: it still runs, or was killed" if each.open else ""
    return f"{each.count} session{'s' * (each.count != 1)}, {killed}{last}"


def _unread(problems: Sequence[str]) -> list[str]:
    more = len(problems) - _MOST
    return [*problems[:_MOST], *([f"And {more:,} more rows."] if more > 0 else []), *([""] if problems else [])]


def _change(name: str, old: Any, new: Any) -> str:
    return f"{name.replace('_', ' ')} {shapes.number(old) or '—'} → {shapes.number(new) or '—'}"


def _changes(asked: Sequence[tuple[FieldName, Any, Any]]) -> str:
    return ", ".join(_change(name.value, old, new) for name, old, new in asked)


def _session_lines(history: Story) -> list[str]:
    if history.unread:
        return [history.unread]
    if history.session is None:
        return ["The session it was asked in is not in the journal any more."]
    lines = [f"asked in the session of {shapes.when(history.session.at)}, Redline {history.session.version}"]
    each, party = history.rules, history.party
    if each is None or party is None:
        return lines
    evidence = each.evidence
    lines += [
        f"  {each.profile.title}, {party.environment.value}; limit {each.profile.limit_text}",
        f"  old terms refute after {_seconds(evidence.settle_after)}; unknown without an answer for "
        f"{_seconds(evidence.answer_within)}",
        f"  rule: {evidence.rule.statement}",
        f"  source: {evidence.rule.document}, read {evidence.rule.read_on}, {evidence.rule.confidence.value}",
        *(f"  switch {name}: {value}" for name, value in party.switches),
        *(
            f"  document: {one.title}, {one.url}, read {one.read_on}, {one.confidence}"
            for one in each.profile.documents
        ),
    ]
    return lines


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds / SECOND:g} s"


def _clock_lines(history: Story) -> list[str]:
    clocks = history.clocks
    lines = [
        f"clock at {shapes.when(each.at)}: {_ahead(each)}" for each in (clocks.before, clocks.after) if each is not None
    ]
    if clocks.set_by:
        lines.append(f"Our clock was set by {clocks.set_by / SECOND:+.3f} s between the two.")
    return lines or ["No clock reading is recorded near it."]


def _ahead(each: ClockRead) -> str:
    if each.venue_ahead is None:
        return "the venue's clock was not known"
    where = "behind" if each.venue_ahead < 0 else "ahead of"
    return f"the venue's was {abs(each.venue_ahead) / 1_000_000:.3f} ms {where} ours"


def _record_lines(one: StoryRecord, asked: str, ids: Sequence[str]) -> list[str]:
    head = f"  {shapes.when(one.row.at)}  {one.path.name} {one.row.seq}"
    body = one.body
    if not isinstance(body, dict):
        return [f"{head}  {one.row.kind}", f"      {body}"]
    sentence, raw = words(one.row.kind, body, asked, ids)
    return [f"{head}  {sentence}".rstrip(), *([f"      {raw}"] if raw else [])]
