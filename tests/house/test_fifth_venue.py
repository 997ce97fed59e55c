"""The guide to adding a venue is true: a toy fifth venue needs the files it names, and no other, to be whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Practice
from tests.helpers.toy_tree import NAME, REGISTRY, add_venue, changed, contents, copy_program, python

pytestmark = pytest.mark.slow

#: Tests of the house, run on the copy: import contracts, pure rooms, names, wording, circles, the tables of drills.
HOUSE = ("house_rules", "rooms", "circles", "prose")

DRILLS = f"""
import asyncio, json
from app.cli.drill import choose, play_all
from app.venues import registry
played = asyncio.run(play_all(choose((3, 6, 17, 27, 33), ("{NAME}",)).drills, registry.load))
print(json.dumps([[each.number, each.held, each.trouble] for each in played]))
"""

SIMULATION = f"""
from app.simulation.runner import Stages
from app.venues import registry
stages = Stages(registry.load, ["{NAME}"])
results = [stages.play(7, number, 100) for number in range(5)]
assert [each.broken for each in results] == [None] * 5
assert sum(each.outcomes["confirmed"] for each in results) > 100
print(sum(each.faulted for each in results))
"""


@pytest.fixture(scope="module")
def tree(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with the toy venue, made as the guide says."""
    folder = tmp_path_factory.mktemp("fifth")
    copy_program(repo_root, folder)
    before = contents(folder)
    add_venue(repo_root, folder)
    after = contents(folder)
    assert changed(before, after) == sorted([REGISTRY, *(after.keys() - before.keys())])
    return folder


def named_by_the_guide(root: Path) -> list[str]:
    """Return the paths that the guide names, for the toy venue."""
    text = (root / "app/venues/__init__.py").read_text(encoding="utf-8")
    return [path.replace("<name>", NAME) for path in re.findall(r"`((?:app|tests)/[^`]*<name>[^`]*)`", text)]


def test_the_guide_names_every_place_and_the_skeleton_fills_it(repo_root: Path, tree: Path) -> None:
    named = named_by_the_guide(repo_root)
    new = [path for path in contents(tree) if NAME in path]
    assert [path for path in new if not path.startswith(tuple(named))] == []
    assert [place for place in named if not any(path.startswith(place) for path in new)] == []


def test_the_registry_lists_five_venues(tree: Path) -> None:
    told = python(tree, "-c", "from app.venues.registry import *; print(*sorted(load(set(PACKAGES))))").split()
    assert len(told) == 5
    assert NAME in told


def test_the_rules_of_the_house_hold_and_the_venue_passes_its_own_tests(tree: Path) -> None:
    houses = [f"tests/house/test_{name}.py" for name in HOUSE]
    places = [*houses, "tests/drills/test_tables.py", f"tests/venues/{NAME}"]
    told = python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"house or {NAME}", *places)
    assert re.search(r"\d+ passed", told)


def test_an_amendment_by_the_verb_is_confirmed(tree: Path, tmp_path: Path) -> None:
    practice = Practice(tmp_path, "--quiet", tree=tree)
    try:
        listed = practice.run("orders", "--json").json
        assert listed["errors"] == []
        rows = [row for row in listed["orders"] if row["venue"] == NAME]
        assert [row["quantity"] for row in rows] == ["4", "2", "2"]
        done = practice.run("amend", "first", "price=905", "size=5", "--json")
        assert (done.code, done.json["stage"]) == (0, "confirmed")
        assert (done.json["order"]["price"], done.json["order"]["quantity"]) == ("905", "5")
        assert done.json["request"]["body"] == '{"price":"905","size":"5"}'
        truth = practice.tell(f"{NAME}/orders/{done.json['order']['order']}")
        assert (truth["price"], truth["quantity"]) == ("905", "5")
        assert practice.run("amend", "first", "price=905.2").code == 2
    finally:
        assert practice.stop() == 0


def test_every_drill_is_listed_and_those_that_are_played_hold(tree: Path) -> None:
    listed = json.loads(python(tree, "-m", "app", "drill", "--list", "--venue", NAME, "--json"))["drills"]
    assert len(listed) == 52
    played = json.loads(python(tree, "-c", DRILLS))
    assert len(played) == 5
    assert [each for each in played if not each[1]] == []


def test_the_modelled_venue_breaks_no_promise(tree: Path) -> None:
    assert int(python(tree, "-c", SIMULATION)) >= 500
