"""A few planted bugs, quickly; `python tests/simulation/mutants.py` plants all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS, ROOT, Mutant, catch, copied

QUICK = ("a time-out becomes a fact", "no answer, so it is sent again", "fills are added to what is known already")


@pytest.mark.parametrize("mutant", [each for each in MUTANTS if each.name in QUICK], ids=lambda each: each.name)
def test_a_planted_bug_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    assert catch(mutant, copied(tmp_path)).promise


def test_every_planted_bug_still_fits_the_code() -> None:
    for mutant in MUTANTS:
        text = (ROOT / "app" / "desk" / mutant.file).read_text(encoding="utf-8")
        assert text.count(mutant.old) == 1, mutant.name
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 10
