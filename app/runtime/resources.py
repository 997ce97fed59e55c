"""Place of the run-time data: the fonts and the list of system libraries.

A checkout keeps them in the top-level ``resources/``; an installed wheel and the frozen program carry the same
tree as ``app/_resources``.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource_root(package: Path = _PACKAGE) -> Path:
    """Return the directory that holds the run-time data.

    The packaged copy wins: beside an installed package a directory named ``resources`` may be anybody's.

    Args:
        package: The directory of the ``app`` package.
    """
    packaged = package / "_resources"
    return packaged if packaged.is_dir() else package.parent / "resources"


def resource_path(*parts: str) -> Path:
    """Return the path of one file or directory of the run-time data.

    Args:
        parts: Path segments below ``resources/``, for example ``"fonts", "inter"``.

    Raises:
        FileNotFoundError: If this installation lacks it, which means that it was packed wrongly.
    """
    path = resource_root().joinpath(*parts)
    if not path.exists():
        name = "/".join(parts)
        raise FileNotFoundError(f"Redline's own file {name} is missing at {path}: install Redline again.")
    return path
