"""foxbit, an old operator's public client, at the practice AlphaPoint."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from at_practice import Calls, account
from foxbit.client import PublicClient
from foxbit.frame import MessageFrame

BTCUSD = 9
REPLIES = ("GetInstrument", "GetInstruments", "GetProducts", "GetL2Snapshot")
STREAMS = ("SubscribeLevel1", "SubscribeLevel2", "SubscribeTicker")
EVENTS = ("Level1UpdateEvent", "Level2UpdateEvent", "TickerDataUpdateEvent")
_SECONDS = 40


def main() -> None:
    calls, waiting = Calls(), {*REPLIES, *STREAMS, *EVENTS}

    def opened(client: Any) -> None:
        client.getInstrument(InstrumentId=BTCUSD)
        client.getInstruments()
        client.getProducts()
        client.getL2Snapshot(InstrumentId=BTCUSD)
        client.subscribeLevel1(InstrumentId=BTCUSD)
        client.subscribeLevel2(InstrumentId=BTCUSD)
        client.subscribeTicker(InstrumentId=BTCUSD)

    def heard(client: Any, text: str) -> None:
        frame = MessageFrame.fromJSON(text)
        if frame.endpoint in waiting and frame.payload and json.loads(text)["m"] != 5:
            waiting.discard(frame.endpoint)
            calls.ok(frame.endpoint)
        if not waiting:
            client.close()

    client = PublicClient(on_open=opened, on_message=heard)
    client.url = account("alphapoint")[0]["ws"]
    timer = threading.Timer(_SECONDS, client.close)  # the client says nothing of a reply that is an error
    timer.start()
    client.run_forever()
    timer.cancel()
    if waiting:
        sys.exit(f"nothing came of {', '.join(sorted(waiting))}")
    calls.end()


main()
