"""From the desk's notices, links and journal to the sentences over the list: said once, unsaid when over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from app.desk.desk import Desk
from app.desk.state import Notice
from app.domain.events import Condition
from app.domain.market import LinkState
from app.ui.orders.rows import DeskRows
from app.ui.status.banner import MOST, Banner

_BAD_LINKS = (LinkState.DOWN, LinkState.REFUSED)

#: A link that broke is not back while it is being made again; a refused login is past as soon as another one is tried.
_MAKING = (LinkState.CONNECTING, LinkState.SYNCING)


class Notices:
    """Keeps the banner true: what a sentence tells of holds as long as the sentence is there."""

    def __init__(self, desk: Desk, rows: DeskRows, banner: Banner) -> None:
        self._desk, self._rows, self._banner = desk, rows, banner
        self._last: Notice | None = None
        self._links: dict[str, tuple[str, LinkState]] = {}
        self._conditions: dict[tuple[str, Condition], tuple[str, int]] = {}
        self._journal = self._ended = ""

    def refresh(self, accounts: Iterable[str]) -> None:
        """Something happened to these accounts."""
        self.follow_desk()
        for name in accounts:
            self._follow_link(name)

    def follow_desk(self) -> None:
        """Say what is new, whoever says it; and that nothing is followed any more, for as long as the window stands."""
        if self._desk.ended != self._ended:
            self._ended = self._desk.ended
            for name in self._desk.accounts:
                self._follow_link(name)
            self._banner.hold(self._ended)
        self._take_fresh()

    def follow_journal(self) -> bool:
        """Say once that the journal cannot be written, since nothing can be sent then; unsay it when it can.

        Returns:
            Whether that changed.
        """
        standing = self._desk.journal
        text = standing.failed if standing is not None else ""
        if text == self._journal:
            return False
        self._banner.dismiss(self._journal)
        self._journal = text
        if text:
            self._banner.tell(text, standing=True)
        return True

    def _take_fresh(self) -> None:
        fresh: list[Notice] = []
        for notice in reversed(self._desk.state.notices):
            if notice is self._last:
                break
            fresh.append(notice)
        if fresh:
            self._last = fresh[0]
        for notice in reversed(self._of_use(fresh)):
            self._tell(notice)

    def _of_use(self, fresh: Iterable[Notice]) -> list[Notice]:
        """Leave out what newer sentences would push out at once: of a flood each line would be made for nothing."""
        kept, texts = [], set[str]()
        for notice in fresh:
            lasts = notice.about is not Condition.NONE or notice.text in self._desk.lasting
            if lasts or len(texts) < MOST or notice.text in texts:
                kept.append(notice)
            if not lasts:
                texts.add(notice.text)
        return kept

    def _tell(self, notice: Notice) -> None:
        if notice.text in (self._journal, self._ended):
            return
        if notice.text in self._desk.lasting:
            # It is no venue's doing, and newer sentences must not push it out.
            self._banner.tell(notice.text, serious=notice.serious, standing=True, at=notice.at)
            return
        text = self._of_venue(notice.account, notice.text)
        if notice.about is not Condition.NONE:
            self._end(notice.account, notice.about)
            if notice.over or (notice.about is Condition.LINK and self._link_is_back(notice.account, notice.at)):
                return
            self._conditions[notice.account, notice.about] = (text, notice.at)
        if notice.about is Condition.LINK and notice.serious:
            self._banner.hold(text, at=notice.at, retry=self._retry(notice.account))
            return
        standing = notice.about is not Condition.NONE
        self._banner.tell(text, serious=notice.serious, standing=standing, at=notice.at, until=notice.until)

    def _link_is_back(self, name: str, since: int) -> bool:
        account = self._desk.state.accounts[name]
        return account.link is LinkState.UP and account.link_at > since

    def _end(self, account: str, about: Condition) -> None:
        """Take back the sentence of a condition that is not true any more."""
        condition = self._conditions.pop((account, about), None)
        if condition is not None:
            self._banner.dismiss(condition[0])

    def _follow_link(self, name: str) -> None:
        state, (before, was) = self._desk.state.accounts[name], self._links.get(name, ("", LinkState.UP))
        text = self._of_venue(name, state.link_text) if state.link in _BAD_LINKS and state.link_text else ""
        if self._ended:
            text = ""  # one sentence tells it of all of them
        elif was is LinkState.DOWN and state.link in _MAKING:
            return
        if text != before:
            self._links[name] = (text, state.link)
            if before:
                self._banner.dismiss(before)
            if text:
                self._banner.hold(text, at=state.down_since or state.link_at, retry=self._retry(name))
        blamed = self._conditions.get((name, Condition.LINK))
        if blamed is not None and self._link_is_back(name, blamed[1]):
            self._end(name, Condition.LINK)

    def _retry(self, account: str) -> Callable[[], None] | None:
        """Return what may mend an account's link; None where nothing can, as in a replay."""
        return None if self._desk.refusal else partial(self._desk.refresh, account)

    def _of_venue(self, account: str, text: str) -> str:
        """A sentence about an account, which begins with its venue; many do by themselves."""
        if not account:
            return text
        venue = self._rows.venue(account)
        return text if text.startswith((venue, account)) else f"{venue}: {text}"
