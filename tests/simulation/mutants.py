"""Planted bugs in the desk's fold, each of which the simulation must catch: `python tests/simulation/mutants.py`.

Each is a change of text in a copy of the program; the checkout itself is never touched. A simulation that lets one pass
promises less than it seems to.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Faulted amendments after which an uncaught bug counts as missed.
ENOUGH = 40_000


@dataclass(frozen=True, slots=True)
class Mutant:
    """A bug: its name, the file below app/desk, and the text it puts in place of another."""

    name: str
    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Caught:
    """What the simulation said of a bug: the broken promise, "" if it let the bug pass."""

    mutant: Mutant
    promise: str
    text: str


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "an acknowledgement counts as done",
        "fold/ladder.py",
        "(Stage.WRITTEN, News.ACKNOWLEDGED): Stage.ACKNOWLEDGED,",
        "(Stage.WRITTEN, News.ACKNOWLEDGED): Stage.CONFIRMED,",
    ),
    Mutant(
        "a time-out becomes a fact",
        "fold/ladder.py",
        "(Stage.WRITTEN, News.UNANSWERED): Stage.UNKNOWN,",
        "(Stage.WRITTEN, News.UNANSWERED): Stage.NOT_APPLIED,",
    ),
    Mutant(
        "an order that ended confirms its change",
        "fold/ladder.py",
        "(Stage.ACKNOWLEDGED, News.ORDER_ENDED): Stage.OVERTAKEN,",
        "(Stage.ACKNOWLEDGED, News.ORDER_ENDED): Stage.CONFIRMED,",
    ),
    Mutant(
        "old terms settle nothing",
        "fold/ladder.py",
        "(Stage.UNKNOWN, News.OLD_TERMS): Stage.NOT_APPLIED,",
        "(Stage.UNKNOWN, News.OLD_TERMS): Stage.UNKNOWN,",
    ),
    Mutant(
        "a change that lands late is not believed",
        "fold/ladder.py",
        "(Stage.NOT_APPLIED, News.APPLIED): Stage.CONFIRMED,",
        "(Stage.NOT_APPLIED, News.APPLIED): Stage.NOT_APPLIED,",
    ),
    Mutant(
        "early reads refute",
        "fold/reconcile.py",
        "    return None if heard is None else heard + policy.settle_after\n",
        "    return heard\n",
    ),
    Mutant(
        "pushes refute",
        "fold/reconcile.py",
        "return asked_at is not None and late_enough is not None and asked_at >= late_enough",
        "return asked_at is None or (late_enough is not None and asked_at >= late_enough)",
    ),
    Mutant(
        "old terms refute what may still lie unread",
        "fold/reconcile.py",
        "    heard = heard_at(amendment, policy)\n",
        "    heard: int | None = left_by(amendment)\n",
    ),
    Mutant(
        "a broken link takes back what left",
        "fold/reconcile.py",
        "return None if given_up is None else max(given_up, left_by(amendment) + policy.answer_within)",
        "return given_up",
    ),
    Mutant(
        "other terms count as those asked for",
        "fold/reconcile.py",
        "    if judgement.finding is Finding.APPLIED:\n",
        "    if judgement.finding in (Finding.APPLIED, Finding.DIFFERENT):\n",
    ),
    Mutant(
        "no answer, so it is sent again",
        "fold/amendments.py",
        "out.effects.append(LookUp(account.name, lineage.target))\n                _ask_late(",
        "out.effects.append(SendAmendment(account.name, amendment.command))\n                _ask_late(",
    ),
    Mutant(
        "one look-up and no more",
        "fold/amendments.py",
        "    effects.append(WakeAt(context.account.name, amendment.amendment_id, max(due, at + 1)))\n",
        "",
    ),
    Mutant(
        "fills are added to what is known already",
        "fold/orders.py",
        "        if proven > lineage.order.quantity:\n",
        "        proven = lineage.order.filled + fill.quantity\n        if proven > lineage.order.quantity:\n",
    ),
    Mutant(
        "an order that is not to be found is cancelled",
        "fold/orders.py",
        "replace(lineage.order, status=OrderStatus.UNRECOGNISED, raw_status=NOT_FOUND)",
        "replace(lineage.order, status=OrderStatus.CANCELLED, raw_status=NOT_FOUND)",
    ),
    Mutant(
        "an order that is not listed is closed",
        "fold/orders.py",
        "            lineage.vanished_at = event.at\n",
        "            lineage.vanished_at = event.at\n"
        "            lineage.order = replace(lineage.order, status=OrderStatus.CANCELLED)\n",
    ),
    Mutant(
        "the old half of a replacement closes the row",
        "fold/orders.py",
        "if order.status in _MAY_GO_ON and _replacing(context, lineage, order) is not None:",
        "if order.status is OrderStatus.PENDING and _replacing(context, lineage, order) is not None:",
    ),
    Mutant(
        "every answer asks again",
        "fold/orders.py",
        "    if first:\n        lineage.note(",
        "    if order is not None:\n        lineage.note(",
    ),
    Mutant(
        "an order ended with the terms it had last",
        "fold/reconcile.py",
        "if seen.status.is_terminal and judgement.finding is Finding.UNTOLD:",
        "if seen.is_open and judgement.finding is Finding.UNTOLD:",
    ),
    Mutant(
        "late news is taken for new",
        "fold/orders.py",
        "    if _is_older(lineage, order, asked_at) and not (_is_less(lineage, order) and "
        "overruled(context, lineage, order)):\n        return\n",
        "",
    ),
    Mutant(
        "the row does not follow a new id",
        "fold/lineages.py",
        "    if lineage is None and before is not None:\n",
        "    if lineage is None and before is not None and not replaces and context.source is Source.YOU:\n",
    ),
    Mutant(
        "any unknown order is the result of the amendment under way",
        "fold/lineages.py",
        " and context.rules.claims(command, order):\n                found.append(each)\n",
        " and each.is_open:\n                found.append(each)\n",
    ),
    Mutant(
        "an intent without a record of its write did not leave",
        "fold/ladder.py",
        "    (Stage.CHECKED, News.UNANSWERED): Stage.UNKNOWN,\n",
        "    (Stage.CHECKED, News.UNANSWERED): Stage.NOT_APPLIED,\n",
    ),
    Mutant(
        "a cancel under way survives a restart",
        "journal/recovery.py",
        "        if lineage.cancelling:\n",
        "        if lineage.cancelling and lineage.ended is not None:\n",
    ),
    Mutant(
        "rows of the last run look current",
        "journal/replay.py",
        "        lineage.stale = True\n",
        "",
    ),
    Mutant(
        "a restart leaves what was under way as it was",
        "journal/recovery.py",
        "        if amendment.stage is not AmendmentStage.UNKNOWN:\n            found.append(",
        "        if amendment.stage is AmendmentStage.UNKNOWN:\n            found.append(",
    ),
)


def copied(into: Path) -> Path:
    """The program in a folder of its own."""
    shutil.copytree(ROOT / "app", into / "app", ignore=shutil.ignore_patterns("__pycache__"))
    return into


def plant(mutant: Mutant, program: Path) -> str:
    """Put a bug into a copy; returns the file as it was.

    Raises:
        ValueError: if the text it replaces is not there exactly once: then the list here has to follow the code.
    """
    path = program / "app" / "desk" / mutant.file
    before = path.read_text(encoding="utf-8")
    if before.count(mutant.old) != 1:
        raise ValueError(f"“{mutant.name}”: its text is {before.count(mutant.old)} times in {mutant.file}.")
    path.write_text(before.replace(mutant.old, mutant.new), encoding="utf-8")
    return before


def catch(mutant: Mutant, program: Path, amendments: int = ENOUGH) -> Caught:
    """Simulate a program with a bug until a promise breaks."""
    before = plant(mutant, program)
    try:
        command = [sys.executable, "-B", "-m", "app", "simulate", "--seed", "1", "--amendments", str(amendments)]
        command += ["--jobs", "1", "--first", "--json"]
        done = subprocess.run(command, cwd=program, capture_output=True, text=True, check=False)
    finally:
        (program / "app" / "desk" / mutant.file).write_text(before, encoding="utf-8")
    if done.returncode not in (0, 3):
        raise RuntimeError(f"“{mutant.name}”: the simulation did not run: {done.stderr[-500:]}")
    broken = json.loads(done.stdout)["broken"]
    return Caught(mutant, broken[0]["promise"], broken[0]["text"]) if broken else Caught(mutant, "", "")


def main() -> int:
    """Plant every bug and tell which promise it broke; 1 if one passed."""
    parser = argparse.ArgumentParser(description="Plant bugs in a copy of the desk and simulate each.")
    parser.add_argument("--amendments", type=int, default=ENOUGH, help="faulted amendments before one counts as missed")
    arguments = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        program = copied(Path(folder))
        for mutant in MUTANTS:
            found = catch(mutant, program, arguments.amendments)
            missed += not found.promise
            sys.stdout.write(f"{'caught' if found.promise else 'MISSED':<7} {mutant.name}: {found.promise or '-'}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(MUTANTS) - missed} of {len(MUTANTS)} planted bugs caught\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
