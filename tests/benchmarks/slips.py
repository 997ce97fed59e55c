"""Table of tried slips, as the README has it: each is tried on every venue, and must be met the same way on all.

python -m tests.benchmarks.slips
"""

from __future__ import annotations

import asyncio
import sys

from tests.helpers.slips import SLIPS, STANDS, tried


async def table() -> tuple[list[str], int]:
    """The table's lines, and how many slips were met otherwise than it says."""
    lines, wrong = ["| slip | the ticket | in its words, on the first venue |", "| --- | --- | --- |"], 0
    for slip in SLIPS:
        met = [await tried(slip, stand) for stand in STANDS]
        wrong += sum((became, slip.says in text) != (slip.comes, True) for became, text in met)
        lines.append(f"| {slip.words} | {met[0][0]} | {met[0][1] or '–'} |")
    return lines, wrong


def main() -> int:
    """Print the table."""
    lines, wrong = asyncio.run(table())
    sys.stdout.write("\n".join(lines) + f"\n\n{len(SLIPS)} slips on {len(STANDS)} venues, {wrong} met otherwise\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
