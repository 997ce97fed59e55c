"""Pytest plugin: files that take long come first, so that no worker is left with one when the others are done.

`tests/run.sh` gives each worker the next file in this sequence (`--dist loadfile --no-loadscope-reorder`). Files that
mostly compute and files that mostly wait follow each other, so that both processors have work from the first moment.
"""

from __future__ import annotations

import pytest

#: Files and folders below tests/ in the sequence they are begun; all others come after them.
FIRST = (
    "runtime/test_displays.py",  # it tries Qt in a fork, before a window of another file is open in its process
    "end_to_end/test_journal_verb.py",
    "drills/test_even_drills.py",
    "end_to_end/test_verbs.py",
    "drills/test_odd_drills.py",
    "simulation/test_simulation.py",
    "drills/test_they_can_fail.py",
    "end_to_end/test_wild.py",
    "house/test_fifth_venue.py",
    "ui/window/test_wrong_order.py",
    "end_to_end",
    "ui/window/test_hostile_values.py",
    "benchmarks",
    "simulation",
    "house/test_sixth_field.py",
    "venues",
    "drills",
    "house",
    "ui/window",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort tests by the place of their file; within a file they stay as they are written."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    root = item.config.rootpath / "tests"
    if not item.path.is_relative_to(root):
        return len(FIRST)
    path = item.path.relative_to(root).as_posix()
    named = [place for place, name in enumerate(FIRST) if path == name or path.startswith(f"{name}/")]
    return min(named, default=len(FIRST))
