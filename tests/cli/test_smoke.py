"""`redline --smoke`: it tells of every part, believes none without its evidence, and ends with 0 or 1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from app.__main__ import main
from app.cli import smoke
from app.cli.parser import parser

pytestmark = pytest.mark.sockets

STOP = {"account": "Toy", "as_expected": True, "pictures": ["01.png"]}

#: Answers of a program that does everything as it should, by verb: exit code, what it prints, files that it writes.
GOOD: dict[str, dict[str, Any]] = {
    "doctor": {"out": {"versions": {"python": "3.11", "toy": "1"}, "problems": []}},
    "tour": {"files": {"summary.json": json.dumps([STOP]), "01.png": "picture"}},
    "orders": {"out": {"orders": [{"account": "Toy"}], "accounts": [{"account": "Toy"}], "errors": []}},
    "drill": {"out": {"held": 4, "played": 4}},
    "simulate": {"out": {"amendments": 2015, "jobs": 2, "broken": []}},
    "practice": {"files": {"practice.toml": ""}, "waits": "stdin"},
}

#: Plays the program: answers a verb as the file beside it says.
PLAYER = """
import json, os, pathlib, sys, time
verb, *rest = sys.argv[1:]
answer = json.loads(pathlib.Path(__file__).with_name("answers.json").read_text())[verb]
folder = pathlib.Path(rest[rest.index("--out") + 1]) if verb == "tour" else pathlib.Path()
if verb == "practice":
    folder = pathlib.Path(rest[rest.index("--config-out") + 1]).parent
folder.mkdir(exist_ok=True)
for name, text in answer.get("files", {}).items():
    (folder / name).write_text(text)
out = answer.get("out", "")
if answer.get("waits") == "for ever" and os.fork() == 0:
    time.sleep(600)
print(out if isinstance(out, str) else json.dumps(out), flush=True)
sys.stderr.write(answer.get("err", ""))
if answer.get("waits") == "stdin":
    sys.stdin.read()
elif answer.get("waits"):
    os.wait()
sys.exit(answer.get("code", 0))
"""

Tried = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tried:
    player = tmp_path / "player.py"
    player.write_text(PLAYER)
    for module in ("app.cli.smoke", "app.runtime.practice_child"):
        monkeypatch.setattr(f"{module}.own_door", lambda: [sys.executable, "-S", str(player)])
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def run(**changed: dict[str, Any]) -> tuple[int, list[str]]:
        (tmp_path / "answers.json").write_text(json.dumps(GOOD | changed))
        code = smoke.run(parser().parse_args(["--smoke"]))
        return code, capsys.readouterr().out.splitlines()

    return run


def test_each_part_is_told_and_the_end_is_0(tried: Tried) -> None:
    code, lines = tried()
    assert code == 0, lines
    assert [line.rpartition(" (")[0] for line in lines[:-1]] == [
        "✓ doctor: Python 3.11, 1 libraries, nothing stands against the window",
        "✓ tour: 1 amendments on 1 venues as expected, 1 pictures of the window",
        "✓ orders: 1 open orders of 1 accounts",
        "✓ drill 6: 4 of 4 held",
        "✓ simulate 2000: 2,015 amendments on 2 processes, no broken promise",
    ]
    assert lines[-1].startswith("Every part did what it should, in ")


@pytest.mark.parametrize(
    "verb, answer, told",
    [
        ("doctor", {"code": 1, "err": "Traceback\nboom:\x1b[2J it broke"}, "✕ doctor: it ended with 1; its last line"),
        ("doctor", {"out": {"versions": {}, "problems": ["No display."]}}, "✕ doctor: it names problems"),
        ("doctor", {"out": "no JSON"}, "✕ doctor: its answer is not as it should be (JSONDecodeError"),
        ("doctor", {"code": -9}, "✕ doctor: it ended with 247; it said nothing"),
        ("tour", {"files": {}}, "✕ tour: [Errno 2]"),
        ("tour", {"files": {"summary.json": "[]"}}, "✕ tour: an outcome is not the expected one"),
        ("tour", {"files": {"summary.json": json.dumps([STOP | {"as_expected": False}])}}, "✕ tour: an outcome"),
        ("tour", {"files": {"summary.json": json.dumps([STOP]), "01.png": ""}}, "✕ tour: a picture is empty"),
        ("orders", {"out": {"orders": [], "accounts": [{"account": "Toy"}], "errors": []}}, "✕ orders: an account li"),
        ("orders", {"out": {"orders": [], "accounts": [], "errors": ["silent"]}}, "✕ orders: an account could not"),
        ("practice", {"code": 2, "err": "no port is free\n"}, "✕ orders: The practice venues did not start (no port"),
        ("drill", {"out": {"held": 3, "played": 4}}, "✕ drill 6: a drill did not hold"),
        ("drill", {"out": {"held": 0, "played": 0}}, "✕ drill 6: a drill did not hold"),
        ("simulate", {"out": {"amendments": 1, "jobs": 2, "broken": []}}, "✕ simulate 2000: it played too few"),
        ("simulate", {"out": {"amendments": 2000, "jobs": 2, "broken": [{}]}}, "✕ simulate 2000: a promise was broken"),
        ("simulate", {"out": []}, "✕ simulate 2000: its answer is not as it should be (KeyError"),
    ],
)  # fmt: skip
def test_what_is_amiss_is_told_the_rest_is_tried_and_the_end_is_1(
    tried: Tried, verb: str, answer: dict[str, Any], told: str
) -> None:
    code, lines = tried(**{verb: answer})
    assert code == 1
    assert len(lines) == 6
    assert [line for line in lines if line.startswith("✕")][0].startswith(told), lines
    assert lines[-1].startswith("1 of 5 parts failed, in ")


def test_a_part_that_never_ends_is_ended_with_all_it_started(tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []

    def out_of_patience(process: subprocess.Popen[bytes], timeout: float) -> NoReturn:
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n", "it has started another"
        held.append(os.dup(process.stdout.fileno()))
        raise subprocess.TimeoutExpired("redline", timeout)

    monkeypatch.setattr(smoke, "_PARTS", {"simulate": smoke._PARTS["simulate 2000"]})
    monkeypatch.setattr("subprocess.Popen.communicate", out_of_patience)
    code, lines = tried(simulate={"waits": "for ever"})
    assert code == 1
    assert lines[0].startswith("✕ simulate: it did not end within 300 s (")
    with open(held[0], "rb") as output:
        assert output.read() == b"", "nobody holds its other end any more"


@pytest.mark.parametrize("arguments", [("doctor",), ("--config", "a.toml"), ("--no-journal",), ("--theme", "dark")])
def test_it_goes_alone(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--smoke", *arguments]) == 2
    assert "--smoke goes alone" in capsys.readouterr().err


def test_ctrl_c_ends_it(tried: Tried, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def pressed(folder: Path) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(smoke, "_PARTS", {"doctor": pressed})
    assert smoke.run(parser().parse_args(["--smoke"])) == 4
    assert "Interrupted" in capsys.readouterr().err
