"""What would stop the window is named before Qt is imported."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from app.runtime import preflight
from app.runtime.preflight import (
    SystemLibrary,
    library_groups,
    library_problem,
    missing_libraries,
    pyside_problem,
)


def refuse(soname: str) -> object:
    raise OSError(f"{soname}: cannot open shared object file")


def test_the_faulty_release_is_refused_where_none_is_mortal() -> None:
    sentence = pyside_problem("6.12.0", (3, 11))
    assert sentence is not None
    assert "6.12.0 crashes on Python 3.11" in sentence
    assert "pip install PySide6-Essentials==6.11.3" in sentence


@pytest.mark.parametrize("installed, python", [("6.11.3", (3, 11)), ("6.12.0", (3, 12)), ("6.12.0", (3, 13))])
def test_sound_pairs_pass(installed: str, python: tuple[int, int]) -> None:
    assert pyside_problem(installed, python) is None


def test_an_absent_pyside_is_said() -> None:
    sentence = pyside_problem(None, (3, 11))
    assert sentence is not None
    assert "not installed" in sentence


def test_the_advice_is_the_pinned_release(repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pin = next(line for line in project["dependencies"] if line.startswith("PySide6-Essentials"))
    assert pin in (pyside_problem("6.12.0", (3, 11)) or "")


def test_missing_libraries_are_named_with_their_packages() -> None:
    missing = missing_libraries(["core"], load=refuse)
    assert SystemLibrary("core", "libEGL.so.1", "libegl1") in missing
    sentence = library_problem(missing)
    assert sentence is not None
    assert "libEGL.so.1" in sentence
    # Two libraries of one package are one name to install.
    assert sentence.count("libglib2.0-0") == 1


def test_only_the_wanted_groups_are_looked_for() -> None:
    asked: list[str] = []
    missing_libraries(["core"], load=asked.append)
    assert "libGL.so.1" in asked
    assert not any(soname.startswith("libxcb") for soname in asked)


def test_nothing_missing_is_no_problem() -> None:
    assert library_problem([]) is None


def test_the_list_is_complete_lines() -> None:
    listed = preflight.listed_libraries()
    assert {library.group for library in listed} == {"core", "xcb"}
    assert all(".so." in library.soname for library in listed)
    assert len({library.soname for library in listed}) == len(listed)


@pytest.mark.parametrize(
    "environ, groups",
    [
        ({}, ("core",)),
        ({"DISPLAY": "", "QT_QPA_PLATFORM": ""}, ("core",)),
        ({"DISPLAY": ":0"}, ("core", "xcb")),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, ("core", "xcb")),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, ("core",)),
        ({"QT_QPA_PLATFORM": "offscreen"}, ("core",)),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ("core",)),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ("core", "xcb")),
    ],
)
def test_which_libraries_a_window_needs(environ: dict[str, str], groups: tuple[str, ...]) -> None:
    assert library_groups(environ) == groups


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize("verb", [[], ["tour"]])
def test_without_a_display_it_is_one_sentence(verb: list[str], tmp_path: Path) -> None:
    """Qt's own way is an abort with a list of plugins."""
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environ = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-P", "-m", "app", *verb]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ, cwd=tmp_path, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("redline: There is no display here")
    assert done.stderr.count("\n") == 1


def test_this_machine_can_open_an_offscreen_window_and_qt_was_not_imported() -> None:
    """tests/run.sh has installed what was missing, so here the preflight must be content."""
    code = (
        "import sys; from app.runtime.preflight import problems; found = problems({'QT_QPA_PLATFORM': 'offscreen'}); "
        "sys.exit(str(found) if found else 'PySide6' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_version_is_that_of_the_folder_that_describes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = preflight._installed_pyside()
    assert real == metadata.version("PySide6-Essentials")
    (tmp_path / "PySide6_Essentials-6.12.0.dist-info").mkdir()
    (tmp_path / "PySide6_Addons-6.1.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path / "absent.zip"), str(tmp_path), *sys.path])
    assert preflight._installed_pyside() == "6.12.0"
    assert any("6.12.0" in sentence for sentence in preflight.problems({})) is (sys.version_info < (3, 12))


def test_where_folders_do_not_tell_the_standard_library_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def version(name: str) -> str:
        asked.append(name)
        if len(asked) > 1:
            raise metadata.PackageNotFoundError(name)
        return "6.11.2"

    monkeypatch.setattr(metadata, "version", version)
    for each in ("6.11.2", "6.11.3"):
        (tmp_path / f"pyside6_essentials-{each}.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert preflight._installed_pyside() == "6.11.2"
    monkeypatch.setattr(sys, "path", [])
    assert preflight._installed_pyside() is None
    assert asked == ["PySide6-Essentials"] * 2
