"""Late news of orders that were forgotten: it makes no new row. Pure."""

from __future__ import annotations

from app.desk.effects import LookUp
from app.desk.fold.context import FoldContext
from app.domain.order import Order


def is_late_news(context: FoldContext, order: Order) -> bool:
    """Return True if an order without a row was forgotten, and this news of it is older or nobody asked for it.

    An ended order does not begin to work again, but a venue may say old things late. So a message is no proof, a
    reading of the order asked for since is: it is asked for.
    """
    desk, name = context.desk, (context.account.name, order.order_id)
    gone_at = desk.gone.get(name)
    if gone_at is None:
        return False
    if not order.is_open:
        return True
    if context.asked_at is None:
        context.out.effects.append(LookUp(context.account.name, order))
        return True
    if context.asked_at <= gone_at:
        return True
    del desk.gone[name]
    return False
