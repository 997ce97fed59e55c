"""Who may know whom: the import contracts, and the rooms below the window on a machine without Qt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

IMPORT_ALL = """
import importlib, importlib.abc, pkgutil, sys

class NoQt(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "qasync", "pyqtgraph"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None

sys.meta_path.insert(0, NoQt())
for room in ("domain", "venues", "desk", "practice", "drills", "simulation", "cli"):
    package = importlib.import_module(f"app.{room}")
    for module in pkgutil.walk_packages(package.__path__, f"app.{room}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""


def run(command: list[str], root: Path) -> None:
    """Run a command in the checkout; its output is the failure message."""
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_import_contracts_hold(repo_root: Path) -> None:
    run([str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], repo_root)


def test_everything_below_the_window_imports_without_qt(repo_root: Path) -> None:
    run([sys.executable, "-W", "error", "-c", IMPORT_ALL], repo_root)
