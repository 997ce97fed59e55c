"""Run-time data is found in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.runtime.resources import resource_path, resource_root


def test_a_checkout_reads_the_top_level_folder(repo_root: Path) -> None:
    assert resource_path("fonts", "inter", "OFL.txt") == repo_root / "resources/fonts/inter/OFL.txt"


def test_an_installed_package_reads_its_own_copy(tmp_path: Path) -> None:
    """Even where something else put a directory named ``resources`` beside it."""
    package = tmp_path / "site-packages" / "app"
    (package / "_resources").mkdir(parents=True)
    (tmp_path / "site-packages" / "resources").mkdir()
    assert resource_root(package) == package / "_resources"


def test_a_missing_file_is_named_with_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/none\.svg is missing at .*: install Redline again"):
        resource_path("icons", "none.svg")


@pytest.mark.parametrize("family, count", [("inter", 3), ("jetbrains-mono", 3)])
def test_every_font_ships_with_its_licence(family: str, count: int) -> None:
    folder = resource_path("fonts", family)
    assert len([path for path in folder.iterdir() if path.suffix in (".otf", ".ttf")]) == count
    licence = (folder / "OFL.txt").read_text(encoding="utf-8")
    assert licence.startswith("Copyright")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
