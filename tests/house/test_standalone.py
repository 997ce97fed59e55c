"""The repository stands alone: what it needs is in it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.helpers.tracked import tracked_files, tracked_texts

#: A path that climbs.
CLIMBING = re.compile(r"(?<![\w./$}\")])((?:\.\./)+[\w-][\w./-]*)")
# Written in two halves, or this file would be the one that offends.
INDEX_ADDRESSES = ("pypi.org" + "/simple", "--index" + "-url", "--extra-index" + "-url", "files.python" + "hosted.org")
LOCK_FILES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"}


def test_nothing_refers_to_a_path_outside_the_checkout(repo_root: Path) -> None:
    offending = [
        f"{name}: {path}"
        for name, text in tracked_texts(repo_root).items()
        for path in CLIMBING.findall(text)
        if not (repo_root / name).parent.joinpath(path).resolve().is_relative_to(repo_root.resolve())
    ]
    assert offending == []


def test_nothing_carries_an_index_address(repo_root: Path) -> None:
    """pip asks the index its machine is configured for; an address in the repository would overrule it."""
    texts = tracked_texts(repo_root)
    offending = [name for name, text in texts.items() if any(address in text for address in INDEX_ADDRESSES)]
    assert offending == []
    assert [name for name in texts if Path(name).name in LOCK_FILES] == []


def test_no_link_leads_out_of_the_checkout(repo_root: Path) -> None:
    outside = [
        path for path in tracked_files(repo_root) if path.is_symlink() and not path.resolve().is_relative_to(repo_root)
    ]
    assert outside == []
