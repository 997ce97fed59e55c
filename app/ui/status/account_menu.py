"""Menu of an account's card: which account it is, and whether anything may be sent or cancelled there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.desk.desk import Desk
from app.domain.plain import named
from app.ui.look.texts import label_of


def account_menu(desk: Desk, account: str, switched: Callable[[], None], card: QWidget, place: QPoint) -> QMenu:
    """Show the menu of an account.

    Args:
        desk: the desk.
        account: the account's name.
        switched: told that it was switched.
        card: the card it belongs to.
        place: where on the card it is asked for.
    """
    each = desk.accounts[account]
    venue = desk.venues[account].profile.title
    menu = QMenu(card)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction(label_of(f"{each.world} · {venue} · account {named(account)}")).setEnabled(False)
    menu.addSeparator()
    if desk.refusal:
        menu.addAction(label_of(desk.refusal)).setEnabled(False)
        menu.popup(card.mapToGlobal(place))
        return menu
    switch = menu.addAction("Read-only: send and cancel nothing here")
    switch.setCheckable(True)
    switch.setChecked(account in desk.read_only_accounts)

    def turn(on: bool) -> None:
        change = desk.read_only_accounts.add if on else desk.read_only_accounts.discard
        change(account)
        switched()

    switch.toggled.connect(turn)
    menu.popup(card.mapToGlobal(place))
    return menu
