"""Kill -9 at random instants of a live run against the practice venues; nothing may be lost, doubled or told wrongly.

python -m tests.benchmarks.kills [KILLS] [SEED]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.helpers.kills import Report, World

#: Kills on one set of venues: the venues limit how often somebody may log in.
EACH = 4


def main(kills: int, seed: int) -> int:
    """Run, print a line for each set of venues and one for all; the exit code says whether all is well."""
    whole = Report()
    while whole.kills < kills:
        with tempfile.TemporaryDirectory(prefix="redline-kills-") as folder:
            found = World(Path(folder), seed + whole.kills).run(min(EACH, kills - whole.kills), Path.cwd())
        whole.add(found)
        sys.stdout.write(f"{whole.kills} kills: {found.intents} intents, {found.in_flight} in flight, {found.stages}\n")
        sys.stdout.writelines(f"  FAULT {fault}\n" for fault in found.faults)
        sys.stdout.flush()
    sys.stdout.write(
        f"{whole.kills} kills, {whole.intents} intents, {whole.in_flight} of them in flight when killed, "
        f"{whole.requests} requests received, outcomes {whole.stages}, {len(whole.faults)} faults\n"
    )
    return 1 if whole.faults else 0


if __name__ == "__main__":
    arguments = [int(each) for each in sys.argv[1:]] + [200, 1][len(sys.argv) - 1 :]
    sys.exit(main(*arguments[:2]))
