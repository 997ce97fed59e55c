"""VeighNa's table of orders: how fast it is filled and updated, in its own environment.

python vnpy_orders.py ORDERS UPDATES
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime

os.chdir(tempfile.mkdtemp(prefix="redline-vnpy-"))
os.mkdir(".vntrader")  # where it keeps what it writes, instead of the user's home

from vnpy.event import Event, EventEngine  # noqa: E402
from vnpy.trader.constant import Direction, Exchange, OrderType, Status  # noqa: E402
from vnpy.trader.event import EVENT_ORDER  # noqa: E402
from vnpy.trader.object import OrderData  # noqa: E402
from vnpy.trader.ui import QtWidgets  # noqa: E402
from vnpy.trader.ui.widget import OrderMonitor  # noqa: E402

BATCH = 500


def event(number: int, traded: float) -> Event:
    """What its gateway reports of one order."""
    order = OrderData(
        gateway_name="PAPER",
        symbol="BTCUSD",
        exchange=Exchange.GLOBAL,
        orderid=f"id{number:07}",
        type=OrderType.LIMIT,
        direction=Direction.LONG,
        price=100_000 + number % 997,
        volume=0.5,
        traded=traded,
        status=Status.PARTTRADED,
        datetime=datetime.now(UTC),
    )
    return Event(EVENT_ORDER, order)


def main() -> None:
    """Measure, and print one JSON object."""
    count, updates = map(int, sys.argv[1:])
    app = QtWidgets.QApplication([])
    monitor = OrderMonitor(None, EventEngine())
    monitor.resize(1600, 1000)
    monitor.show()
    app.processEvents()
    first = [event(number, 0.0) for number in range(count)]
    began = time.process_time()
    for each in first:
        monitor.process_event(each)
    app.processEvents()
    filled = time.process_time() - began
    chance = random.Random(1)
    pushes = [event(chance.randrange(count), chance.random() / 2) for _ in range(updates)]
    began = time.process_time()
    for start in range(0, updates, BATCH):
        for each in pushes[start : start + BATCH]:
            monitor.process_event(each)
        app.processEvents()
    rate = updates / (time.process_time() - began)
    sys.stdout.write(json.dumps({"fill": filled, "rate": rate}) + "\n")
    sys.stdout.flush()
    os._exit(0)


main()
