"""Reports on drills: tables for a person, one JSON document for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.cli import shapes
from app.cli.output import joined, json_text
from app.drills.checks.registry import Weighed
from app.drills.language import NotHere, drills_of
from app.drills.play import Played
from app.drills.scenarios import SCENARIOS

NotPlayed = Sequence[tuple[int, str, str]]


def played(drills: Sequence[Played], not_here: NotPlayed) -> str:
    """Table of the drills played with their failures, then of those that cannot be played with the reason."""
    lines = []
    for each in drills:
        title = SCENARIOS[each.number].title + (f" ({each.case})" if each.case else "")
        mark = "✓" if each.held else "✕"
        lines.append(f"{mark} {each.number:>2}  {each.venue:<10}  {title}  {each.seconds:.1f} s")
        if each.trouble:
            lines.append(f"        {each.trouble}")
        lines += [f"        {_wanted(one)}: {one.seen}" for one in each.checks if not one.held]
    lines += [f"– {number:>2}  {venue:<10}  not producible: {reason}" for number, venue, reason in not_here]
    held = sum(each.held for each in drills)
    lines += ["", f"{held} of {len(drills)} drills held; {len(not_here)} not producible on a venue."]
    return joined(lines)


def played_json(drills: Sequence[Played], not_here: NotPlayed) -> str:
    """The same for a program."""
    return _json(
        {
            "drills": [
                {
                    "number": each.number,
                    "title": SCENARIOS[each.number].title,
                    "required": SCENARIOS[each.number].required,
                    "venue": each.venue,
                    "case": each.case or None,
                    "held": each.held,
                    "seconds": f"{each.seconds:.3f}",
                    "trouble": each.trouble or None,
                    "checks": [_weighed(one) for one in each.checks],
                    "amendment": None if each.amendment is None else shapes.amendment(each.amendment),
                }
                for each in drills
            ],
            "not_producible": [
                {"number": number, "title": SCENARIOS[number].title, "venue": venue, "reason": reason}
                for number, venue, reason in not_here
            ],
            "held": sum(each.held for each in drills),
            "played": len(drills),
        }
    )


def listing(venues: Sequence[str]) -> str:
    """Every scenario, and on how many ways each venue brings it about; the reasons below."""
    head = "    " + "  ".join(f"{venue:<10}" for venue in venues)
    lines, reasons = [head], [""]
    for scenario in SCENARIOS.values():
        cells = []
        for venue in venues:
            found = drills_of(venue)[scenario.number]
            cells.append("–" if isinstance(found, NotHere) else str(len(found)))
            if isinstance(found, NotHere):
                reasons.append(f"– {scenario.number:>2}  {venue:<10}  {found.reason}")
        lines.append(f"{scenario.number:>2}  " + "  ".join(f"{cell:<10}" for cell in cells) + f"  {scenario.title}")
    return joined([*lines, *reasons])


def listing_json(venues: Sequence[str]) -> str:
    """The same for a program."""
    found: list[dict[str, Any]] = []
    for scenario in SCENARIOS.values():
        here: dict[str, Any] = {}
        for venue in venues:
            drills = drills_of(venue)[scenario.number]
            here[venue] = (
                {"reason": drills.reason}
                if isinstance(drills, NotHere)
                else {"drills": [each.case or None for each in drills]}
            )
        found.append(
            {"number": scenario.number, "title": scenario.title, "required": scenario.required, "venues": here}
        )
    return _json({"drills": found})


def _weighed(one: Weighed) -> dict[str, Any]:
    return {
        "check": one.expected.check,
        "expected": dict(one.expected.arguments),
        "held": one.held,
        "seen": one.seen or None,
    }


def _wanted(one: Weighed) -> str:
    arguments = ", ".join(f"{name}={value}" for name, value in one.expected.arguments.items())
    return f"{one.expected.check} {arguments}".strip()


def _json(document: object) -> str:
    return json_text(document)
