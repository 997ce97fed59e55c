"""The end of the panel: what stops a draft, the consent it needs, and what became of the last amendment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.amendment import AmendmentStage
from app.ui.amend.send_box import SendBox
from app.ui.look.theme import Theme
from app.ui.orders.naming import OrderName
from tests.helpers.toy_venue import T0, amendment, order


@pytest.fixture
def box(qtbot: QtBot, theme: Theme) -> SendBox:
    box = SendBox()
    qtbot.addWidget(box)
    box.show()
    return box


def shown(box: SendBox) -> list[str]:
    return [label.text() for label in box.findChildren(QLabel) if not label.isHidden() and label.text()]


def test_another_set_of_cautions_needs_the_consent_anew(box: SendBox) -> None:
    assert box.consented, "nothing asks for it"
    box.show_standing((), ("Far.",), ("Very far.",))
    assert not box.consented
    assert "Far.\nVery far." in shown(box)
    box.consent.setChecked(True)
    box.show_standing((), (), ("Very far.",))
    assert box.consented
    box.show_standing((), (), ("Twice the size.",))
    assert not box.consented


def test_a_consent_names_the_order_it_is_about(box: SendBox) -> None:
    box.show_name(OrderName("buy 1 X (perp) at 2", "LIVE · V · account a", "7"))
    box.show_standing((), (), ("Very far.",))
    words = "This is about buy 1 X (perp) at 2 · LIVE · V · account a · order 7."
    assert words in shown(box)
    assert words in box.consent.accessibleDescription()
    box.show_standing((), (), ())
    assert words not in shown(box)


def test_a_press_on_send_while_it_is_held_back_is_answered(box: SendBox, qtbot: QtBot) -> None:
    box.allow("Nothing is typed.", can_revert=False)
    with qtbot.waitSignal(box.send_wanted):
        qtbot.mouseClick(box.send, Qt.MouseButton.LeftButton)


def test_send_says_why_it_cannot_be_pressed(box: SendBox, qtbot: QtBot) -> None:
    box.allow("Nothing is typed.", can_revert=False)
    assert not box.send.isEnabled()
    assert box.send.accessibleDescription() == "Nothing is typed."
    box.allow("", can_revert=True)
    with qtbot.waitSignal(box.send_wanted):
        box.send.click()
    with qtbot.waitSignal(box.revert_wanted):
        box.revert.click()


def test_no_sentence_stands_there_twice(box: SendBox) -> None:
    box.show_standing(("Too far.",), (), ())
    box.show_error("Too far.")
    assert shown(box).count("Too far.") == 1
    assert box.error_text() == "Too far."
    box.show_held("Sending is stopped.")
    box.show_error("Sending is stopped.")
    assert shown(box).count("Sending is stopped.") == 1


def test_a_conflict_offers_to_keep_what_is_typed(box: SendBox, qtbot: QtBot) -> None:
    assert box.keep.isHidden()
    box.show_conflict("The venue changed the price.")
    with qtbot.waitSignal(box.keep_wanted):
        box.keep.click()


def test_the_last_amendment_is_told_in_one_sentence(box: SendBox) -> None:
    one = amendment(order())
    box.show_outcome(replace(one, stage=AmendmentStage.REFUSED, outcome="refused: too far."), T0)
    (sentence,) = shown(box)
    assert sentence.endswith("· Refused: too far.")
    box.show_outcome(None, T0)
    assert shown(box) == []
