"""Notices of a replay: what the ticket said up to the moment shown, made anew for each moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.desk.desk import Desk
from app.desk.state import Notice
from app.domain.events import Condition
from app.domain.evidence import SECOND
from app.ui.orders.rows import DeskRows
from app.ui.status.banner import Banner
from app.ui.status.notices import Notices

#: How long a sentence that is no trouble stands in a live ticket, nanoseconds.
READ_WITHIN = 20 * SECOND


class ReplayNotices(Notices):
    """Sentences of one moment: going back takes those away that were not said yet."""

    def __init__(self, desk: Desk, rows: DeskRows, banner: Banner, faults: Sequence[str]) -> None:
        """Say nothing of the record yet, but `faults`, what is wrong with the record itself, from now on."""
        super().__init__(desk, rows, banner)
        self._faults = tuple(faults)
        self._shown: object = None
        self._hold_faults()

    def refresh(self, accounts: Iterable[str]) -> None:
        """Another moment is shown, or the same again."""
        state = self._desk.state
        now = (tuple(state.notices), tuple((each.link, each.link_text) for each in state.accounts.values()))
        if now == self._shown:
            return
        self._shown = now
        for text in self._banner.texts():
            self._banner.dismiss(text)
        self._hold_faults()
        self._forget()
        super().refresh(state.accounts)

    def follow_desk(self) -> None:
        """Say nothing with time alone: none passes here."""

    def _hold_faults(self) -> None:
        for text in self._faults:
            self._banner.hold(text)

    def _forget(self) -> None:
        self._last = None
        self._links.clear()
        self._conditions.clear()
        self._take_fresh()

    def _of_use(self, fresh: Iterable[Notice]) -> list[Notice]:
        """Leave out what went by itself before the moment shown."""
        now = self._desk.clock.now()
        return super()._of_use(each for each in fresh if _lasts(each) or now - each.at <= READ_WITHIN)


def _lasts(notice: Notice) -> bool:
    return notice.serious or notice.about is not Condition.NONE
