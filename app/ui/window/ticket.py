"""Parts of a running ticket, held together while its window is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.tasks import Tasks
from app.ui.window.main_window import MainWindow

if TYPE_CHECKING:  # a start paints first, and imports the rest of the program then
    from app.desk.desk import Desk
    from app.domain.ports import Venue
    from app.runtime.settings import Settings

#: Gives the venues of these names.
Registry: TypeAlias = "Callable[[set[str]], Mapping[str, Venue]]"


@dataclass(slots=True)
class Ticket:
    """A running ticket: its window, its desk and settings (None until there is a configuration), its tasks and end."""

    window: MainWindow
    tasks: Tasks
    sink: ErrorSink
    life: Lifecycle
    desk: Desk | None = None
    settings: Settings | None = None
