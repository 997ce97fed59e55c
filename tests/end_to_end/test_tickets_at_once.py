"""Several tickets that change one order at the same moment: one request reaches the exchange."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import REDLINE, Practice
from tests.helpers.live_ticket import LiveTicket

AT_ONCE = 6

Row = dict[str, Any]


def lower(row: Row, step: str) -> str:
    return f"price={Decimal(row['price']) - Decimal(step)}"


#: By venue, which of its orders, and the change of it that is asked for.
CHANGES: dict[str, tuple[Row, Callable[[Row], str]]] = {
    "bitget": ({"type": "limit", "filled": "0", "market": "spot", "side": "buy"}, lambda row: lower(row, "10")),
    "qfex": ({"symbol": "AAPL-USD", "side": "buy", "price": "200.00"}, lambda row: lower(row, "0.40")),
    "alphapoint": (
        {"status": "working", "type": "limit", "filled": "0"},
        lambda row: f"quantity={Decimal(row['remaining']) / 2:f}",
    ),
    "bitso": ({"order": "qlbga6b600n3xta7"}, lambda row: "price=101000"),
}


def order_of(practice: Practice, venue: str) -> tuple[Row, str]:
    wanted, change = CHANGES[venue]
    rows = practice.run("orders", "--json").json["orders"]
    row = next(
        row for row in rows if row["venue"] == venue and all(row[name] == value for name, value in wanted.items())
    )
    return row, change(row)


@pytest.mark.slow
@pytest.mark.parametrize("venue", CHANGES)
def test_of_six_verbs_started_together_one_sends(practice: Practice, venue: str) -> None:
    row, change = order_of(practice, venue)
    command = [str(REDLINE), "amend", row["key"], change, "--config", str(practice.config)]
    verbs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(AT_ONCE)
    ]
    ended = [(*verb.communicate(timeout=60), verb.returncode) for verb in verbs]
    assert len(practice.tell(f"{venue}/requests?operation=amend")) == 1, ended
    assert sorted(code for _, _, code in ended).count(0) == 1, ended
    for out, err, code in ended:
        assert "Traceback" not in err
        # Who comes when the order has been changed already is told that nothing would change, or that it has a new id.
        assert code in (0, 2, 4), (out, err)
        if code == 4:
            assert any(
                words in out + err for words in ("has this order in flight", "is unresolved", "after it was read")
            )


@pytest.mark.slow
async def test_a_verb_and_two_windows_on_one_account(practice: Practice, tmp_path: Path) -> None:
    journal = tmp_path / "state" / "journal.db"
    async with LiveTicket.on(practice.config, journal) as one, LiveTicket.on(practice.config, journal) as two:
        sent = [ticket.send_one("Bitso practice") for ticket in (one, two)]
        assert None not in sent
        for ticket, name in zip((one, two), sent, strict=True):
            settled = await ticket.desk.wait(lambda state, name=name: state.amendments[name].stage.is_settled, 30.0)
            assert settled
        held = [ticket for ticket in (one, two) if ticket.desk.held]
        assert len(held) == 1
        assert len(practice.tell("bitso/requests?operation=amend")) == 1
