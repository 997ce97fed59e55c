"""Checks for what would stop the window from opening, made before Qt is imported.

Once Qt is being loaded it is too late for a clear sentence: a missing library ends in an ``ImportError`` that
names a shared object and no package, a missing xcb library or display in an abort, and PySide6 6.12.0 on
Python 3.11 in a fatal ``none_dealloc`` seconds after the window has opened. Nothing here imports Qt.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.runtime import displays
from app.runtime.resources import resource_path

#: Releases one reference to ``None`` on every call of a void C++ method.
#:
#: Harmless from Python 3.12 on, where ``None`` is immortal (PEP 683); on 3.11 some ten thousand calls end the
#: process. Measured by the project on 3.10 and 3.11; 6.9.3, 6.10.3 and 6.11.0 to 6.11.3 are sound.
FAULTY_PYSIDE = "6.12.0"

_IMMORTAL_NONE = (3, 12)

#: Beginning and end of the name of the folder that describes an installed PySide6; between them stands the version.
_DESCRIBED, _DESCRIPTION = "pyside6_essentials-", ".dist-info"


@dataclass(frozen=True, slots=True)
class SystemLibrary:
    """A shared object that Qt loads from the system.

    Attributes:
        group: ``core`` when every window needs it, ``xcb`` when only one on an X server does.
        soname: The name the loader looks for.
        package: The Debian 12 package that holds it.
    """

    group: str
    soname: str
    package: str


def problems(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return what stands against opening a window here, one sentence each; empty when nothing does.

    Args:
        environ: the environment that tells where the window would open; the process's by default.
    """
    sentences = [pyside_problem(_installed_pyside(), sys.version_info[:2])]
    if sys.platform == "linux":
        environ = os.environ if environ is None else environ
        sentences += [library_problem(missing_libraries(library_groups(environ))), displays.problem(environ)]
    return [sentence for sentence in sentences if sentence is not None]


def library_groups(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The groups of libraries a window needs: those of the X server only where it would open on one."""
    on_x = environ.get("DISPLAY") and any(each.startswith("xcb") for each in displays.platforms(environ))
    return ("core", "xcb") if on_x else ("core",)


def pyside_problem(installed: str | None, python: tuple[int, int]) -> str | None:
    """Say why this PySide6 cannot be used with this Python, or return None.

    Args:
        installed: The version of PySide6, None when it is not installed.
        python: Major and minor version of the interpreter.
    """
    if installed is None:
        return "PySide6 is not installed: run `sh resources/run.sh`, or `pip install .` in the checkout."
    if installed == FAULTY_PYSIDE and python < _IMMORTAL_NONE:
        return (
            f"PySide6 {FAULTY_PYSIDE} crashes on Python {python[0]}.{python[1]}: "
            "run `pip install PySide6-Essentials==6.11.3`, or use Python 3.12."
        )
    return None


def library_problem(missing: Iterable[SystemLibrary]) -> str | None:
    """Name the missing libraries and the command that brings them, or return None."""
    lacking = list(missing)
    if not lacking:
        return None
    sonames = ", ".join(library.soname for library in lacking)
    packages = " ".join(sorted({library.package for library in lacking}))
    return f"Qt needs system libraries that are missing here ({sonames}): run `apt-get install {packages}`."


def missing_libraries(groups: Iterable[str], load: Callable[[str], object] = ctypes.CDLL) -> list[SystemLibrary]:
    """Return the listed libraries that the loader cannot find.

    Args:
        groups: The groups to look for.
        load: Loads one shared object by name; raises OSError when there is none.
    """
    wanted = frozenset(groups)
    looked_for = [library for library in listed_libraries() if library.group in wanted]
    return [library for library in looked_for if not _loads(library, load)]


def listed_libraries() -> list[SystemLibrary]:
    """Return the libraries Qt needs, as listed in ``resources/system-libraries.txt``."""
    text = resource_path("system-libraries.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return [SystemLibrary(group, soname, package) for group, soname, package in lines]


def _loads(library: SystemLibrary, load: Callable[[str], object]) -> bool:
    try:
        load(library.soname)
    except OSError:
        return False
    return True


def _installed_pyside() -> str | None:
    """The version of PySide6, None where there is none.

    Its description's folder has it in its name. The library that reads descriptions takes a tenth of the time to the
    first picture to import, so it is asked only where that folder is not found.
    """
    for folder in sys.path:
        try:
            names = [each.lower() for each in os.listdir(folder or os.curdir)]
        except OSError:
            continue  # an archive, or nothing
        found = [each for each in names if each.startswith(_DESCRIBED) and each.endswith(_DESCRIPTION)]
        if len(found) == 1:
            return found[0].removeprefix(_DESCRIBED).removesuffix(_DESCRIPTION)
        if found:
            break  # which of them counts is not ours to say
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("PySide6-Essentials")
    except PackageNotFoundError:
        return None
