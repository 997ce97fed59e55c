"""The line of a size's twin: total where the venue's request means what remains, or the other way round."""

from __future__ import annotations

from decimal import Decimal

from app.domain.form import Field
from app.domain.money import ZERO, tidy
from app.domain.order import Order
from app.domain.twins import as_twin, from_twin, is_size, twin_of, twin_problem
from app.ui.amend.draft_keeper import Value
from app.ui.amend.field_line import FieldLine, FieldNews
from app.ui.look.theme import Theme


class TwinLine(FieldLine):
    """A size said the other way.

    Attributes:
        leads: whether what counts was typed here; else it follows the venue's own field.
    """

    def __init__(self, own: FieldLine, order: Order, theme: Theme) -> None:
        """Make the twin of a line whose field has one."""
        field = twin_of(own.field, order)
        if field is None:
            raise ValueError("This field has no twin.")
        super().__init__(field, theme)
        self._own, self._order, self.leads = own, order, False
        own.underline("The venue's request means this one")

    def follow(self, order: Order, own: Field) -> None:
        """Show the order as it is now: what is typed here, or else what the venue's own field comes to."""
        self._order = order
        field = twin_of(own, order)
        if field is None:
            return
        edit = self._own.number
        number = edit.number() if edit.is_edited() or edit.derived else None
        follows = None if self.leads or number is None or not is_size(number) else as_twin(number, own, order)
        if follows is not None and follows < 0:
            follows = None  # less than has filled: the venue's own field says so, and nothing remains of that
        self.update_field(field, FieldNews(derived=follows))
        self.number.set_suffix(f"{tidy(order.filled)} filled" if order.filled > ZERO else "nothing filled")

    def move_to(self, order: Order) -> None:
        """Take the order as it is now."""
        self._order = order

    def in_wire(self, number: Decimal | None, problem: str) -> tuple[Value, str]:
        """Return what a number typed here comes to in the venue's own field, or None and why it comes to nothing."""
        if number is None:
            return None, problem
        why_not = twin_problem(number, self._own.field, self._order)
        return (None, why_not) if why_not else (from_twin(number, self._own.field, self._order), "")

    def restore(self, value: Value) -> None:
        """Follow the venue's own field again."""
        self.leads = False
        super().restore(value)
