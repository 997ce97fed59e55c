"""The world finds venues by folder, starts them, is scripted through its control endpoint, and ends with its parent."""

from __future__ import annotations

import asyncio
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import app.practice.venues
from app.practice.exchange.errors import PracticeError
from app.practice.run import serve
from app.practice.world import PracticeWorld, find_venues

_SERVER = """
from __future__ import annotations
from app.practice.server.messages import Identity, json_reply
from tests.practice.daily import Daily

class Invented(Daily):
    def __init__(self, world):
        super().__init__(world)
        self.name = "invented"
        self.rest = self.listen("rest", http=self)
    def identify(self, request):
        return Identity("amend" if request.method == "PATCH" else "other", request.params.get("oid", ""))
    async def handle(self, request):
        return json_reply({"ok": True})
    def addresses(self):
        return {"rest": self.rest.url}

def build(world):
    return Invented(world)
"""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A practice folder with one venue, one that has no server yet, and one that is wrong."""
    for name, server in (("invented", _SERVER), ("unborn", None), ("wrong", "def build(world):\n    return 3\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        if server is not None:
            (tmp_path / name / "server.py").write_text(server)
    monkeypatch.setattr(app.practice.venues, "__path__", [str(tmp_path)])
    yield tmp_path
    for name in list(sys.modules):
        if name.startswith(("app.practice.venues.invented", "app.practice.venues.unborn", "app.practice.venues.wrong")):
            del sys.modules[name]


@asynccontextmanager
async def a_world(quiet: bool = True) -> AsyncIterator[tuple[PracticeWorld, Remote]]:
    async with PracticeWorld(3, ["invented"], quiet=quiet) as world, httpx.AsyncClient(trust_env=False) as http:
        yield world, Remote(world.control_url, http)


class Remote:
    """A drill's view of the world."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self._url = url
        self._http = http

    async def get(self, path: str) -> Any:
        return (await self._http.get(self._url + path)).json()

    async def post(self, path: str, **body: object) -> Any:
        return (await self._http.post(self._url + path, json=body)).json()

    async def delete(self, path: str, **body: object) -> Any:
        return (await self._http.request("DELETE", self._url + path, json=body)).json()

    async def status(self, method: str, path: str, content: bytes = b"") -> tuple[int, str]:
        reply = await self._http.request(method, self._url + path, content=content)
        return reply.status_code, reply.json()["error"]


def test_venues_are_found_by_their_folder(folders: Path) -> None:
    assert find_venues() == ("invented", "unborn", "wrong")


async def test_a_venue_without_a_server_is_passed_over(folders: Path) -> None:
    assert list(PracticeWorld(1, ["invented", "unborn"]).venues) == ["invented"]
    with pytest.raises(PracticeError, match="did not return a venue server"):
        PracticeWorld(1, ["wrong"])


async def test_the_configuration_is_complete(folders: Path, tmp_path: Path) -> None:
    async with a_world() as (world, _):
        path = tmp_path / "practice.toml"
        world.write_config(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        config = tomllib.loads(path.read_text())
        assert config["practice"] == {"control": world.control_url, "seed": 3, "tour": [], "login": []}
        assert config["account"] == [
            {
                "name": "Daily practice",
                "venue": "invented",
                "environment": "practice",
                "addresses": {"rest": world.venues["invented"].addresses()["rest"]},
                "credentials": {"key": "k"},
            }
        ]


async def test_a_drill_scripts_faults_and_asks_for_the_truth(folders: Path) -> None:
    async with a_world() as (world, remote), httpx.AsyncClient(trust_env=False, timeout=20) as user:
        orders = await remote.get("/invented/orders?open=1")
        assert len(orders) == 4
        order_id = orders[0]["order_id"]
        assert (orders[0]["price"], orders[0]["quantity_ahead"]) == ("990", "3")
        fault = await remote.post(
            "/invented/faults", action="http_status", operation="amend", arguments={"status": 502}
        )
        assert (fault["number"], fault["point"]) == (1, "request_received")
        url = world.venues["invented"].addresses()["rest"]
        assert (await user.patch(f"{url}?oid={order_id}")).status_code == 502
        assert (await remote.get("/invented/faults"))[0]["hits"] == 1
        assert await remote.delete("/invented/faults", number=1) == []
        seen = await remote.get("/invented/requests?operation=amend")
        assert [(row["order_id"], row["channel"]) for row in seen] == [(order_id, "rest")]
        filled = await remote.post("/invented/fill", order_id=order_id, quantity="0.5")
        assert (filled["filled"], filled["status"]) == ("0.5", "partially_filled")
        amended = await remote.post("/invented/foreign/amend", order_id=order_id, price="991", quantity="2.5")
        assert (amended["price"], amended["remaining"], amended["history"][-1]["cause"]) == (
            "991",
            "2.0",
            "foreign_amend",
        )
        executions = await remote.get(f"/invented/executions?order_id={order_id}")
        assert [row["quantity"] for row in executions] == ["0.5"]
        cancelled = await remote.post("/invented/foreign/cancel", order_id=order_id)
        assert cancelled["status"] == "cancelled"
        assert (await remote.get(f"/invented/orders/{order_id}"))["reason"] == "foreign"
        balances = await remote.get("/invented/balances")
        assert balances["mxn"]["locked"] == "675.00"


async def test_a_drill_moves_the_market(folders: Path) -> None:
    async with a_world() as (world, remote):
        book = await remote.post("/invented/price", symbol="btc_mxn", source="mark", price="960")
        assert book["mark"] == "960"
        book = await remote.post("/invented/move", symbol="btc_mxn", price="980")
        assert (book["last"], book["bids"][0][0]) == ("980.0", "978.0")
        trades = await remote.post("/invented/trade", symbol="btc_mxn", side="sell", price="978")
        assert trades[0]["price"] == "978.0"
        stop = (await remote.get("/invented/orders"))[3]
        assert (await remote.post("/invented/trigger", order_id=stop["order_id"]))["triggered"] is True
        expired = await remote.post("/invented/expire", order_id=(await remote.get("/invented/orders"))[2]["order_id"])
        assert expired["status"] == "expired"
        assert (await remote.post("/invented/session", symbol="btc_mxn"))["open"] is False
        assert (await remote.post("/invented/clock", skew_ms=-5000))["skew_ms"] == -5000
        assert (await remote.post("/invented/connections", action="cut", listener="rest")).keys() == {"rest"}
        assert [row["name"] for row in await remote.get("/invented/switches")] == ["market"]
        assert (await remote.post("/market", quiet=False, ticks=3))["quiet"] is False
        assert world.venues["invented"].switches.choice("market") == "live"


async def test_a_venue_goes_down_and_comes_up_at_the_same_address(folders: Path) -> None:
    async with a_world() as (world, remote), httpx.AsyncClient(trust_env=False, timeout=20) as user:
        url = world.venues["invented"].addresses()["rest"]
        assert (await user.get(url)).status_code == 200
        assert await remote.post("/invented/connections", action="down") == {"rest": 1}
        for _ in range(2):
            with pytest.raises(httpx.TransportError):
                await user.get(url)
        assert await remote.post("/invented/connections", action="up") == {"rest": 0}
        assert (await user.get(url)).status_code == 200
        assert await remote.post("/invented/connections", action="freeze") == {"rest": 1}
        assert (await remote.status("POST", "/invented/connections", b'{"action":"dance"}'))[0] == 400


async def test_a_senseless_control_request_gets_one_sentence(folders: Path) -> None:
    async with a_world() as (_, remote):
        assert await remote.status("GET", "/nowhere") == (404, "There is no GET /nowhere; see GET /.")
        assert (await remote.status("GET", "/invented/nothing"))[0] == 404
        assert await remote.status("POST", "/invented/fill", b"{}") == (400, "`order_id` is missing.")
        assert (await remote.status("POST", "/invented/fill", b'{"order_id":"x"}'))[0] == 404
        assert (await remote.status("POST", "/invented/fill", b"nonsense"))[0] == 400
        assert (await remote.status("POST", "/invented/faults", b'{"action":"explode"}'))[0] == 400
        assert (await remote.status("POST", "/invented/switches", b'{"nope":1}'))[0] == 400
        assert (await remote.status("DELETE", "/invented/faults", b'{"number":9}'))[0] == 404
        assert (await remote.status("POST", "/invented/move", b'{"symbol":"btc_mxn","price":"x"}'))[0] == 400
        assert (await remote.status("POST", "/market", b'{"ticks":"many"}'))[0] == 400
        assert "POST /{venue}/faults" in await remote.get("/")
        assert {row["action"] for row in (await remote.get("/actions"))["actions"]} >= {"drop", "fill", "late_effect"}


async def test_serving_ends_through_the_control_endpoint(folders: Path, tmp_path: Path) -> None:
    for name in ("unborn", "wrong"):
        (folders / name / "server.py").unlink(missing_ok=True)
    up: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    path = tmp_path / "practice.toml"
    task = asyncio.create_task(serve(1, path, quiet=True, ready=lambda world: up.set_result(world.control_url)))
    url = await up
    assert tomllib.loads(path.read_text())["practice"]["control"] == url
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(f"{url}/stop")).json() == {"stopping": True}
    await task


@pytest.mark.parametrize("end", ["signal", "parent"])
def test_the_process_ends_as_asked(end: str, tmp_path: Path, repo_root: Path) -> None:
    path = tmp_path / "practice.toml"
    command = [sys.executable, "-W", "error", "-m", "app", "practice", "--quiet", "--config-out", str(path)]
    with subprocess.Popen(
        [*command, "--with-parent"], cwd=repo_root, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stdin is not None
        assert "control http://127.0.0.1:" in process.stderr.readline()
        assert "control" in tomllib.loads(path.read_text())["practice"]
        if end == "signal":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
