"""`redline simulate`: play episodes, check every promise after every event, tell what it came to."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Mapping
from typing import Any

from app.cli.output import answer, answer_json, joined, json_text, tell
from app.cli.parser import EXIT_INPUT, EXIT_OK, EXIT_REFUSED, EXIT_UNKNOWN
from app.domain.ports import VenueLoader
from app.simulation.runner import EPISODE, SHORTENED, Failure, ProcessEnded, Stages, Totals, played, quotas, read_steps

#: Seconds between two words on how far it is.
_EVERY = 20.0


def run(arguments: argparse.Namespace, load: VenueLoader) -> int:
    """Run the verb: 0 if every promise held, 3 if one was broken, 2 for bad input, 4 if it was stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if arguments.episode is not None:
            return _one(arguments, load)
        if arguments.steps is not None:
            tell("--steps names steps of one episode; name it with --episode.")
            return EXIT_INPUT
        return _many(arguments, load)
    except KeyboardInterrupt:
        tell("Interrupted; the simulation was not played to the end.")
        return EXIT_UNKNOWN
    except ProcessEnded:
        tell("A process of the simulation was ended from outside, or memory ran out; play it again with fewer --jobs.")
        return EXIT_UNKNOWN


def _many(arguments: argparse.Namespace, load: VenueLoader) -> int:
    jobs = min(arguments.jobs or os.cpu_count() or 1, len(quotas(arguments.amendments)))
    totals, began = Totals(), time.monotonic()
    spoken = began
    with played(load, arguments.seed, arguments.amendments, jobs) as episodes:
        for number, result in episodes:
            totals.add(number, result)
            if result.broken is not None:
                tell(f"Episode {number} broke “{result.broken[0]}”: {result.broken[1]}")
                if arguments.first:
                    break
            if not arguments.json and time.monotonic() - spoken > _EVERY:
                spoken = time.monotonic()
                tell(f"{totals.faulted:,} of {arguments.amendments:,} amendments, {len(totals.failures)} broken")
    seconds = time.monotonic() - began
    if totals.failures and not arguments.first:
        stages, wanted = Stages(load), quotas(arguments.amendments)
        short = [stages.shortened(arguments.seed, each, wanted[each.episode]) for each in totals.failures[:SHORTENED]]
        totals.failures[:SHORTENED] = short
    shown = _shape(totals, arguments.seed, seconds, jobs)
    written = answer_json(json_text(shown)) if arguments.json else answer(_text(totals, shown))
    if totals.failures:
        return EXIT_REFUSED
    return EXIT_OK if written else EXIT_UNKNOWN


def _one(arguments: argparse.Namespace, load: VenueLoader) -> int:
    """Play one episode, or some of its steps, and tell its story."""
    stages, seed, number = Stages(load), arguments.seed, arguments.episode
    if arguments.steps is None:
        steps = stages.play(seed, number, min(arguments.amendments, EPISODE)).steps
    else:
        try:
            steps = read_steps(arguments.steps, lambda count: stages.drawn(seed, number, count))
        except ValueError:
            tell(f"“{arguments.steps}” names no steps; write them as a broken episode does, such as 3,9:delay-reply.")
            return EXIT_INPUT
    result = stages.play_steps(seed, number, steps, tell=True)
    if arguments.json:
        broken = None if result.broken is None else {"promise": result.broken[0], "text": result.broken[1]}
        answer_json(json_text({"sent": result.sent, "broken": broken, "story": result.story}))
    else:
        answer(joined([*result.story, *([] if result.broken else ["Every promise held."])]))
    return EXIT_REFUSED if result.broken is not None else EXIT_OK


def again(seed: int, failure: Failure) -> str:
    """The command that plays a failure again."""
    steps = f" --steps {failure.steps}" if failure.steps else ""
    return f"redline simulate --seed {seed} --episode {failure.episode}{steps}"


def _shape(totals: Totals, seed: int, seconds: float, jobs: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "amendments": totals.faulted,
        "sent": totals.sent,
        "mistakes_refused": totals.mistakes,
        "restarts": totals.restarts,
        "events": totals.events,
        "episodes": totals.episodes,
        "jobs": jobs,
        "seconds": round(seconds, 1),
        "amendments_per_minute": round(totals.faulted / seconds * 60) if seconds else 0,
        "faults": _sorted(totals.faults),
        "outcomes": _sorted(totals.outcomes),
        "broken": [
            {
                "episode": each.episode,
                "promise": each.promise,
                "text": each.text,
                "again": again(seed, each),
                "story": list(each.story),
            }
            for each in totals.failures
        ],
    }


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _text(totals: Totals, shown: Mapping[str, Any]) -> str:
    lines: list[str] = []
    for each, told in zip(totals.failures, shown["broken"], strict=True):
        lines += [*each.story, f"Episode {each.episode} broke “{each.promise}”: {each.text}", f"  {told['again']}", ""]
    faults = ", ".join(f"{name} {count:,}" for name, count in shown["faults"].items())
    outcomes = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in shown["outcomes"].items())
    lines += [
        f"{totals.faulted:,} faulted amendments ({totals.sent:,} sent in all) in {totals.episodes:,} episodes of seed "
        f"{shown['seed']}, {totals.restarts:,} kills and restarts, {totals.events:,} events",
        f"outcomes: {outcomes}",
        f"faults: {faults}",
        f"mistakes that were to be refused, and were: {totals.mistakes:,}",
        f"{shown['seconds']:,} s on {shown['jobs']} processes, {shown['amendments_per_minute']:,} amendments a minute",
        f"broken promises: {len(totals.failures)}",
    ]
    return joined(lines)
