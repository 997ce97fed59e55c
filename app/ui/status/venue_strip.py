"""The strip of accounts at the top: link, rate, time to answer, and what is not settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from app.desk.desk import Desk
from app.desk.views.coverage import incomplete_words
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.ui.look.texts import tip as as_tip
from app.ui.look.texts import writable
from app.ui.look.theme import SMALL_PX, Theme, Tone, text_font
from app.ui.orders.chips import link_words
from app.ui.status.account_menu import account_menu

_SECOND = 1_000_000_000
_TIGHT = 40
_ELIDE = Qt.TextElideMode.ElideRight


@dataclass(frozen=True, slots=True)
class VenueNews:
    """Contents of one card.

    Attributes:
        title: the venue, and the account where that is not clear.
        state, tone: the link in words, and its tone.
        left, right: the two small texts: rate or what is in flight, time to answer.
        share: used part of the rate limit, 0 to 1.
        tip: the link's own sentence.
    """

    title: str
    state: str
    tone: Tone
    left: str
    right: str
    share: float
    tip: str


def venue_news(desk: Desk, account: str, title: str, unreadable: int = 0) -> VenueNews:
    """Read one account's card from the desk's state.

    Args:
        desk: the desk.
        account: the account's name.
        title: its name on the card.
        unreadable: how many of its orders cannot be read.
    """
    state, profile = desk.state.accounts[account], desk.venues[account].profile
    now = desk.clock.now()
    window = int(profile.window_s * _SECOND)
    used = sum(1 for at in state.writes if now - at < window)
    share = min(1.0, used / profile.amends_per_window) if profile.amends_per_window else 0.0
    open_ones = desk.state.unsettled(account)
    unconfirmed = sum(1 for each in open_ones if each.stage in (AmendmentStage.ACKNOWLEDGED, AmendmentStage.UNKNOWN))
    # Nothing follows a link after the desk has ended, whatever was last heard of it.
    link = LinkState.DOWN if desk.ended else state.link
    word, tone = link_words(link)
    gap = incomplete_words(state)
    if link is not LinkState.UP:
        left = word
    elif unreadable:
        left, tone = f"{unreadable} unreadable", Tone.PENDING
    elif gap:
        left, tone = "list incomplete", Tone.PENDING
    elif unconfirmed:
        left, tone = f"{unconfirmed} unconfirmed", Tone.PENDING
    elif open_ones:
        left = f"{len(open_ones)} in flight"
    else:
        left = f"{used}/{profile.amends_per_window} in {_window(profile.window_s)}"
    if desk.refusal:
        # As it was at the moment shown, which is over: nothing of it may look as if it were up now.
        tone, share = Tone.QUIET if tone is Tone.GOOD or desk.ended else tone, 0.0 if desk.ended else share
        word = "not followed" if desk.ended else f"{word} then"
        left = word if link is not LinkState.UP else f"then {left}"
    read_only = account in desk.read_only_accounts
    if read_only and link is LinkState.UP:
        left = "read-only" if tone is Tone.GOOD else f"{left}, read-only"
    right = f"ack {state.ack_ns // 1_000_000} ms" if state.ack_ns is not None else "ack —"
    parts = [f"{desk.accounts[account].world} · {title}: {word}.", desk.ended or state.link_text]
    if read_only:
        parts.append("It is read-only: nothing is sent or cancelled there.")
    if not state.answered_at and link is not LinkState.UP:
        parts.append("It has not listed its orders yet.")
    if gap:
        parts.append(f"Its list is {gap}.")
    if unreadable > len(state.unreadable):
        count = unreadable - len(state.unreadable)
        parts.append(f"{count} of the orders listed cannot be read and {'is' if count == 1 else 'are'} locked.")
    if state.surprises:
        readings = f"{state.surprises} reading{'s' * (state.surprises != 1)}"
        parts.append(f"{readings} of it could not be believed since the start.")
    parts.append(f"Limit: {profile.limit_text}.")
    turn = f"The right button, or the Menu key, lets it {'be written to again' if read_only else 'be read-only'}."
    parts.append(desk.refusal or turn)
    tip = writable(" ".join(part for part in parts if part))
    return VenueNews(title, word, tone, left, right, share, tip)


def _window(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min"


class VenueCard(QAbstractButton):
    """One account: a button that stays pressed while its orders alone are listed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._tight = theme, False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._news = VenueNews("", "", Tone.QUIET, "", "", 0.0, "")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def news(self) -> VenueNews:
        """Content shown."""
        return self._news

    def show_news(self, news: VenueNews) -> None:
        """Show another state of the account."""
        if news != self._news:
            self._news = news
            self.setToolTip(as_tip(news.tip))
            self.setAccessibleName(writable(f"{news.title}: {news.state}, {news.left}, {news.right}"))
            self.setAccessibleDescription(writable(news.tip))
            self.update()

    def sizeHint(self) -> QSize:
        """As in the picture of the window."""
        return QSize(156, 44)

    def minimumSizeHint(self) -> QSize:
        """Narrow windows get narrow cards; where nothing else helps, cards with a mark and the beginning of a name."""
        return QSize(_TIGHT if self._tight else 118, 44)

    def set_tight(self, tight: bool) -> None:
        """Give way to what must be seen whole, or not any more."""
        if tight != self._tight:
            self._tight = tight
            self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame, link mark, two lines and the meter."""
        colours, news = self._theme.colours, self._news
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            marked = self.isChecked() or self.hasFocus()
            painter.setPen(QPen(QColor(colours.accent if marked else colours.line), 2 if marked else 1))
            painter.setBrush(QColor(colours.selected if self.isChecked() else colours.raised))
            edge = 1.0 if marked else 0.5
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), 6, 6)
            self._paint_mark(painter, news.tone)
            text = QRectF(24, 4, self.width() - 33, 17)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setFont(text_font(12, bold=True))
            painter.setPen(QColor(colours.text))
            words = f"▾ {news.title}" if self.isChecked() else news.title
            title = painter.fontMetrics().elidedText(words, _ELIDE, int(text.width()))
            painter.drawText(text, middle, title)
            line = QRectF(10, 20, self.width() - 19, 16)
            painter.setFont(text_font(SMALL_PX))
            right = painter.fontMetrics().horizontalAdvance(news.right)
            left = painter.fontMetrics().horizontalAdvance(news.left)
            calm = news.tone in (Tone.GOOD, Tone.QUIET)
            painter.setPen(QColor(colours.dim if calm else colours.tone(news.tone).text))
            painter.drawText(line, middle, painter.fontMetrics().elidedText(news.left, _ELIDE, int(line.width())))
            if left + right + 8 <= line.width():
                painter.setPen(QColor(colours.dim))
                painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, news.right)
            painter.fillRect(QRectF(10, 38, self.width() - 20, 2), QColor(colours.track))
            painter.fillRect(QRectF(10, 38, (self.width() - 20) * news.share, 2), QColor(colours.accent))

    def _paint_mark(self, painter: QPainter, tone: Tone) -> None:
        """A full disc when all is well, a ring while it is not, a cross when the link is gone: never colour alone.

        What is over and done with, as all of a replay, has a ring without a colour.
        """
        colours = self._theme.colours
        inks = {Tone.GOOD: colours.good, Tone.BAD: colours.sell, Tone.QUIET: colours.dim}
        colour = QColor(inks.get(tone, colours.warn))
        box = QRectF(10, 9, 7, 7)
        if tone is Tone.GOOD:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(box)
            return
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if tone is Tone.BAD:
            painter.drawLine(box.topLeft(), box.bottomRight())
            painter.drawLine(box.bottomLeft(), box.topRight())
        else:
            painter.drawEllipse(box)


class VenueStrip(QWidget):
    """All accounts.

    Signals:
        chosen: a card was pressed; carries the account.
        switched: an account became read-only, or is so no more.
    """

    chosen = Signal(object)
    switched = Signal()

    def __init__(
        self,
        desk: Desk,
        titles: dict[str, str],
        theme: Theme,
        unreadable: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        """Show every account; `unreadable` tells how many orders of one cannot be read."""
        super().__init__(parent)
        self._desk, self._titles, self._unreadable = desk, titles, unreadable
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.cards: dict[str, VenueCard] = {}
        for account in desk.accounts:
            card = VenueCard(theme)
            card.clicked.connect(lambda _=False, account=account: self.chosen.emit(account))
            card.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            card.customContextMenuRequested.connect(partial(self.show_menu, account))
            layout.addWidget(card)
            self.cards[account] = card
        self.refresh()

    def show_menu(self, account: str, place: QPoint) -> QMenu:
        """Show the menu of an account at a place of its card."""
        return account_menu(self._desk, account, self._switched, self.cards[account], place)

    def _switched(self) -> None:
        self.refresh()
        self.switched.emit()

    def set_tight(self, tight: bool) -> None:
        """Make all cards give way, or not any more."""
        for card in self.cards.values():
            card.set_tight(tight)

    def has_focus(self) -> bool:
        """Return True while one of the cards has the keyboard."""
        return any(card.hasFocus() for card in self.cards.values())

    def show_chosen(self, account: str) -> None:
        """Keep the card pressed whose orders alone are listed; "" for none."""
        for name, card in self.cards.items():
            card.setChecked(name == account)

    def refresh(self) -> None:
        """Show every account as it is now."""
        for account, card in self.cards.items():
            card.show_news(venue_news(self._desk, account, self._titles[account], self._unreadable(account)))
