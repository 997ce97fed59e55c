"""Random keys, clicks, events, sorts, filters, openings and closings in the window: does anything meet another order?

    python -m tests.benchmarks.wrong_order --steps 1000000 [--seed 0]

Every window lives for a few hundred steps; the seed of each is told when something is wrong, and plays it again.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time

from PySide6.QtWidgets import QApplication

from app.runtime.qtloop import run
from app.ui.look.theme import DARK
from app.ui.window.application import make_application
from tests.helpers.random_hands import Hands, WrongOrder

#: Steps of one window.
EACH = 500


async def play(steps: int, seed: int) -> int:
    """Play the steps, and return how many windows met a wrong order."""
    wrong, done, began = 0, 0, time.perf_counter()
    theme = make_application(DARK.name)[1]
    sent = cancelled = opened = 0
    while done < steps:
        hands = Hands(seed, theme)
        try:
            for _ in range(min(EACH, steps - done)):
                await hands.step()
                done += 1
        except WrongOrder as error:
            wrong += 1
            done += 1
            sys.stdout.write(f"seed {seed}: {error}\n")
        sent, cancelled, opened = sent + hands.sent, cancelled + hands.cancelled, opened + hands.opened
        await hands.desk.close()
        hands.close()
        QApplication.processEvents()
        # A ticket has one window as long as it lives and lets the collector pass over it; here there are thousands.
        gc.unfreeze()
        seed += 1
        if seed % 20 == 0:
            sys.stdout.write(f"{done} steps, {time.perf_counter() - began:.0f} s, {wrong} wrong\n")
            sys.stdout.flush()
    what = f"{sent} amendments and {cancelled} cancels sent, {opened} panels opened by key"
    sys.stdout.write(f"{done} steps in {time.perf_counter() - began:.0f} s, {what}: {wrong} wrong\n")
    return wrong


def main() -> int:
    """Read the arguments, and play."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rules = "qt.qpa.*=false;*.warning=false"
    os.environ |= {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"), "QT_LOGGING_RULES": rules}
    application, _ = make_application(DARK.name)
    return 1 if run(lambda: play(asked.steps, asked.seed), app=application) else 0


if __name__ == "__main__":
    raise SystemExit(main())
