"""Worlds that a journal's accounts lived in, as its sessions recorded them: practice, demo or live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from app.desk.journal import codec as codec
from app.desk.journal.reading import marks, rows
from app.desk.journal.records import Session
from app.desk.journal.store import StoreError
from app.domain.account import Environment, world_words


def worlds_of(segments: Iterable[Path]) -> Mapping[str, str]:
    """By account name, its world in capitals; all of them where one name stood for several, such as `LIVE + DEMO`.

    Args:
        segments: files whose rows can be read. A session that cannot be read is passed over.
    """
    known: dict[str, set[Environment]] = {}
    for path in segments:
        for party in _parties(path):
            known.setdefault(party[0], set()).add(party[1])
    return {name: world_words(environments) for name, environments in known.items()}


def _parties(path: Path) -> list[tuple[str, Environment]]:
    found: list[tuple[str, Environment]] = []
    try:
        for seq, _ in marks(path, (Session.__name__,)):
            for row in rows(path, first=seq, last=seq):
                session = codec.loads(Session, row.body)
                found += [(each.name, each.environment) for each in session.accounts]
    except (StoreError, codec.CodecError):
        pass
    return found
