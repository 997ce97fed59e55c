"""One file name is one role: the table in CONTRIBUTING is true of every venue and of the skeleton."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.venues.registry import PACKAGES

VENUES = Path("app/venues")


def roles(root: Path) -> set[str]:
    """Return the files of the table of roles, below a venue's folder."""
    text = (root / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text[text.index("| role | file |") :].split("\n\n")[0]
    return set(re.findall(r"\| `([\w/]+\.py)` \|", table))


def other_places(root: Path) -> set[str]:
    """Return the files that every venue has elsewhere, with `<venue>` in their paths."""
    text = (root / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    paragraph = text[text.index("The same in its other places") :].split("\n\n")[0]
    return set(re.findall(r"`(app/[^`]*<venue>[^`]*\.py)`", paragraph))


def modules(folder: Path) -> set[str]:
    """Return the modules below a folder, the faces of packages left out."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if path.name != "__init__.py"}


def test_the_tables_are_read(repo_root: Path) -> None:
    assert len(roles(repo_root)) == 17
    assert len(other_places(repo_root)) == 3


@pytest.mark.parametrize("venue", PACKAGES)
def test_a_venue_has_a_file_for_every_role(repo_root: Path, venue: str) -> None:
    assert roles(repo_root) - modules(repo_root / VENUES / venue) == set()
    places = {path.replace("<venue>", venue) for path in other_places(repo_root)}
    assert [path for path in sorted(places) if not (repo_root / path).is_file()] == []


def test_the_registry_knows_every_folder(repo_root: Path) -> None:
    """A folder without a line is a venue nobody can use; what venues share has no profile."""
    assert {path.parent.name for path in (repo_root / VENUES).glob("*/profile.py")} == set(PACKAGES)
    assert [name for name, package in PACKAGES.items() if package != f"app.venues.{name}"] == []


def test_the_skeleton_has_these_and_no_more(repo_root: Path) -> None:
    app = repo_root / "resources/skeleton/app"
    assert modules(app / "venues/example") == roles(repo_root)
    places = {path.removeprefix("app/").replace("<venue>", "example") for path in other_places(repo_root)}
    extra = {"practice/venues/example/day.py"}
    assert modules(app) == places | extra | {f"venues/example/{name}" for name in roles(repo_root)}


def test_what_a_venue_has_beside_these_says_what_for(repo_root: Path) -> None:
    silent = [
        path.relative_to(repo_root).as_posix()
        for venue in PACKAGES
        for path in sorted((repo_root / VENUES / venue).rglob("*.py"))
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
