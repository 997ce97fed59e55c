"""A list without a row says why: what is filtered, what is waited for, what was refused."""

from __future__ import annotations

from app.domain.events import LinkChanged
from app.domain.market import LinkState
from app.runtime.qtloop import QtLoop
from app.ui.orders.rows import DeskRows
from app.ui.window.empty_words import why_empty
from app.ui.window.row_filter import RowFilter
from tests.helpers.paper_desk import PaperDesk, resting


def test_it_names_what_hides_the_orders(qloop: QtLoop) -> None:
    paper = PaperDesk("bitso")
    rows = DeskRows(paper.desk)
    chosen = RowFilter(paper.desk, rows)
    assert "No open orders" in why_empty(paper.desk, rows.venue, chosen)
    paper.order(resting("bitso", "1", "btc_usd", "1.00", "1"))
    chosen.search = "x"
    assert "Esc in the list" in why_empty(paper.desk, rows.venue, chosen, 1)
    chosen.search, chosen.attention = "", True
    assert "waits for you" in why_empty(paper.desk, rows.venue, chosen)


def test_it_names_who_is_waited_for(qloop: QtLoop) -> None:
    paper = PaperDesk("bitso", "qfex")
    rows = DeskRows(paper.desk)
    now = paper.clock.now()
    paper.happen(LinkChanged("bitso", now, LinkState.REFUSED, ""), LinkChanged("qfex", now, LinkState.SYNCING, ""))
    words = why_empty(paper.desk, rows.venue, RowFilter(paper.desk, rows))
    assert "refused by Bitso" in words
    assert "Waiting for QFEX" in words
