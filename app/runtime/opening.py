"""Opening a desk on a configuration, with its journal where the system keeps such things."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import platformdirs

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.desk.journal import files as files
from app.desk.journal.unused import discard, folders_missing
from app.desk.journal.writer import Journal
from app.domain.ports import Venue
from app.runtime.clock import SystemClock
from app.runtime.modes import others_may_write
from app.runtime.settings import Settings

log = logging.getLogger(__name__)


def journal_path(config: Path) -> Path:
    """Path of a configuration's journal, in a folder of its own in the user's state directory.

    Args:
        config: the configuration.
    """
    whole = config.resolve()
    return state_path() / f"{whole.stem}-{hashlib.sha256(str(whole).encode()).hexdigest()[:8]}" / files.NAME


def state_path() -> Path:
    """The user's state directory, where the journals of all configurations lie unless `--journal` names another."""
    return platformdirs.user_state_path("redline", appauthor=False)


def latest_journal() -> Path | None:
    """The journal in the user's state directory that was written last; None if there is none."""
    journals = [(each.stat().st_mtime_ns, each) for each in state_path().glob(f"*/{files.NAME}*") if each.is_file()]
    return max(journals)[1].with_name(files.NAME) if journals else None


def kept_journals() -> list[Path]:
    """The first files of the journals that configurations keep in the user's state directory by themselves.

    The same account may be in several, under any name. What was named with `--journal` anywhere else is not found here:
    nothing says where it lies, so it is read only by tickets that are given the same name.
    """
    return files.kept_under(state_path())


def open_desk(settings: Settings, registry: Callable[[set[str]], Mapping[str, Venue]], journal: Path | None) -> Desk:
    """A desk on a configuration; `run` it to connect.

    Args:
        settings: the configuration.
        registry: gives the venues by name.
        journal: the journal's file, None to keep none.

    Raises:
        app.domain.form.InputError: if an account lacks an address or a credential, naming it.
        app.desk.journal.writer.JournalError: if the journal cannot be used, naming it.
    """
    names = ", ".join(f"{account.name} ({account.environment.value})" for account in settings.accounts)
    log.info("opening %s; journal %s", names, journal or "none")
    venues = registry({account.venue for account in settings.accounts})
    if journal is None:
        return _warned(Desk(settings.accounts, venues, SystemClock(), Ids(), settings.limits), settings.warnings)
    missing = folders_missing(journal)
    opened = Journal(journal)
    try:
        beside = [journal_path(settings.path)]
        desk = Desk(settings.accounts, venues, SystemClock(), Ids(), settings.limits, opened, beside, kept_journals)
        return _warned(desk, [*settings.warnings, others_may_write(opened.path, "The journal")])
    except BaseException:
        opened.close()
        if opened.fresh:
            discard(opened.path, missing)
        raise


def _warned(desk: Desk, sentences: Iterable[str]) -> Desk:
    """The desk, with what a person should know as long as it runs."""
    for sentence in sentences:
        if sentence:
            desk.tell_lasting(sentence)
    return desk
