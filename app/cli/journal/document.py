"""The document that `redline journal --json` prints. Nothing is left out, nothing is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.cli import shapes
from app.cli.journal.story import Story, StoryRecord
from app.cli.journal.survey import AmendedOrder, Family, Listed, world_of
from app.cli.output import json_text
from app.desk.journal.records import ClockRead, RulesInForce


def survey(families: Sequence[Family], listed: Sequence[Listed], problems: Sequence[str]) -> str:
    """The whole journal."""
    shown = {
        "chain": _chain(families),
        "families": [_family(each) for each in families],
        "amendments": [_listed(families, each) for each in listed],
        "problems": list(problems),
    }
    return json_text(shown)


def order(families: Sequence[Family], amended: AmendedOrder, problems: Sequence[str]) -> str:
    """The amendments of one order, the newest first."""
    shown = {
        "orders": [
            {"account": account, "environment": _world(families, account), "ids": list(ids)}
            for account, ids in amended.ids.items()
        ],
        "amendments": [_listed(families, each) for each in amended.amendments],
        "chain": _chain(families),
        "problems": list(problems),
    }
    return json_text(shown)


def story(families: Sequence[Family], history: Story, problems: Sequence[str]) -> str:
    """One amendment."""
    each, session, party = history.known.amendment, history.session, history.party
    clocks = history.clocks
    shown = {
        **shapes.amendment(each),
        "account": history.known.account,
        "environment": _world(families, history.known.account),
        "ids": list(history.known.ids),
        "ticket_ended": _ended(families, history.path),
        "records": [_record(one) for one in history.records],
        "session": None
        if session is None
        else {
            "at": shapes.when(session.at),
            "version": session.version,
            "environment": party.environment.value if party is not None else None,
            "switches": dict(party.switches) if party is not None else {},
            "rules": _rules(history.rules),
        },
        "clocks": {"before": _clock(clocks.before), "after": _clock(clocks.after), "set_by_ns": clocks.set_by},
        "chain": _chain(families),
        "problems": [*problems, *([history.unread] if history.unread else [])],
    }
    return json_text(shown)


def _world(families: Sequence[Family], account: str) -> str | None:
    """The world in the words of a configuration, None where no session's record tells."""
    return world_of(families, account).lower() or None


def _chain(families: Sequence[Family]) -> shapes.Shape:
    faults = [
        {"file": str(path), "row": broken.seq, "fault": broken.fault.value, "text": broken.text}
        for family in families
        for path, broken in family.faults
    ]
    return {"holds": not faults, "faults": faults}


def _family(each: Family) -> shapes.Shape:
    return {
        "file": str(each.path),
        "holds": not each.faults,
        "records": each.records,
        "segments": [
            {
                "file": str(one.path),
                "complete": one.salvaged is None,
                "records": one.extent.records,
                "first": shapes.when(one.extent.first_at),
                "last": shapes.when(one.extent.last_at),
            }
            for one in each.segments
        ],
        "sessions": {
            "count": each.sessions.count,
            "killed": each.sessions.killed,
            "last_without_end": each.sessions.open,
        },
    }


def _ended(families: Sequence[Family], path: Path) -> bool:
    """Return True if the ticket that waits for the outcome has recorded its end; else it runs, or was killed."""
    return not next(family.sessions.open for family in families if family.path == path)


def _listed(families: Sequence[Family], each: Listed) -> shapes.Shape:
    return {
        "amendment": each.name,
        "account": each.account,
        "environment": _world(families, each.account),
        "order_ids": list(each.ids),
        "asked": [
            {"field": name.value, "old": shapes.number(old), "new": shapes.number(new)} for name, old, new in each.asked
        ],
        "stage": each.stage.value,
        "settled": each.stage.is_settled,
        "outcome": each.outcome,
        "missing": each.missing or None,
        "ticket_ended": _ended(families, each.path),
        "at": shapes.when(each.at),
        "file": str(each.path),
    }


def _record(each: StoryRecord) -> shapes.Shape:
    return {
        "file": str(each.path),
        "row": each.row.seq,
        "at": shapes.when(each.row.at),
        "kind": each.row.kind,
        "account": each.row.account or None,
        "record": each.body,
        "hash": each.row.hash.hex(),
    }


def _rules(each: RulesInForce | None) -> shapes.Shape | None:
    if each is None:
        return None
    evidence = each.evidence
    return {
        "venue": each.profile.name,
        "title": each.profile.title,
        "limit": each.profile.limit_text,
        "evidence": {
            "settle_after_ns": evidence.settle_after,
            "answer_within_ns": evidence.answer_within,
            "rule": shapes.rule(evidence.rule),
        },
        "documents": [
            {"title": one.title, "url": one.url, "read_on": one.read_on, "confidence": one.confidence}
            for one in each.profile.documents
        ],
    }


def _clock(each: ClockRead | None) -> shapes.Shape | None:
    return None if each is None else {"at": shapes.when(each.at), "venue_ahead_ns": each.venue_ahead}
