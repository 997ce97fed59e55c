"""Displays are tried, not read: one that has gone, is silent or lets nobody in is one sentence before Qt is loaded."""

from __future__ import annotations

import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.runtime import displays

pytestmark = [pytest.mark.sockets, pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt has its own ways")]

#: A name that no X server here has.
STALE = ":4711"

DONE = struct.pack("=IHHI", 2, 0, 12, 1)
REFUSED = struct.pack("=IHHII", 1, 0, 24, 1, 0)


@contextmanager
def compositor(path: Path, answer: bytes | None) -> Iterator[None]:
    """A compositor that answers one client so; None for one that stays silent, b"" for one that hangs up."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        here = os.getcwd()
        os.chdir(path.parent)  # the name of a socket may not be long
        server.bind(path.name)
        os.chdir(here)
        server.listen()

        def serve() -> None:
            client, _ = server.accept()
            with client:
                assert client.recv(12) == displays._SYNC
                if answer is None:
                    client.recv(1)
                else:
                    client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join()


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(displays, "PATIENCE", 0.2)
    return Path(".")


def told(**environ: str) -> str | None:
    return displays.problem(environ)


@pytest.mark.parametrize(
    "environ, order",
    [
        ({"DISPLAY": ":0"}, ["xcb"]),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}, ["wayland", "xcb"]),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, ["wayland", "xcb"]),
        ({"QT_QPA_PLATFORM": "wayland;xcb:x", "DISPLAY": ":0"}, ["wayland", "xcb:x"]),
    ],
)
def test_platforms_are_tried_in_qts_order(environ: dict[str, str], order: list[str]) -> None:
    assert displays.platforms(environ) == order


def test_without_any_name_there_is_no_display() -> None:
    assert (told() or "").startswith("There is no display here")
    assert (told(DISPLAY="", WAYLAND_DISPLAY="") or "").startswith("There is no display here")


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "nonsense;offscreen", "xcb;offscreen"])
def test_a_platform_that_needs_nobody_opens(platform: str) -> None:
    assert told(QT_QPA_PLATFORM=platform, DISPLAY=STALE) is None


@pytest.mark.parametrize(
    "environ, says",
    [
        ({"DISPLAY": STALE}, f"no X server lets us in at DISPLAY “{STALE}”"),
        ({"DISPLAY": STALE, "QT_QPA_PLATFORM": "xcb"}, f"no X server lets us in at DISPLAY “{STALE}”"),
        ({"DISPLAY": "nonsense"}, "no X server lets us in at DISPLAY “nonsense”"),
        ({"QT_QPA_PLATFORM": "xcb"}, "DISPLAY, which would name an X server, is not set"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "QT_QPA_PLATFORM is “nonsense”, and Qt cannot open “nonsense” here"),
        ({"WAYLAND_DISPLAY": "wayland-7"}, "and XDG_RUNTIME_DIR, where it would be found, is not set; DISPLAY, which"),
        (
            {"WAYLAND_DISPLAY": "/gone", "DISPLAY": STALE},
            "lets us in at /gone (No such file or directory); no X server",
        ),
    ],
)
def test_one_that_has_gone_is_one_sentence(environ: dict[str, str], says: str) -> None:
    sentence = displays.problem(environ)
    assert sentence is not None
    assert sentence.startswith("No window can be opened here: ")
    assert says in sentence
    assert "\n" not in sentence


def test_a_compositor_that_answers_will_do(runtime: Path) -> None:
    with compositor(runtime / "wayland-0", DONE):
        assert told(WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR=".", DISPLAY=STALE) is None


@pytest.mark.parametrize("answer, says", [(None, "does not answer"), (b"", "lets us in"), (REFUSED, "lets us in")])
def test_a_compositor_that_does_not_let_us_in(runtime: Path, answer: bytes | None, says: str) -> None:
    with compositor(runtime / "wayland-0", answer):
        assert says in (told(WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR=".") or "")


def test_a_socket_that_nobody_listens_on(runtime: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind("wayland-0")
    assert "(Connection refused)" in (told(WAYLAND_DISPLAY="wayland-0", XDG_RUNTIME_DIR=".") or "")


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "1e9", "0.001"])
@pytest.mark.parametrize("name", ["QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS"])
def test_a_scale_that_leaves_no_window_is_named(name: str, scale: str) -> None:
    sentence = told(QT_QPA_PLATFORM="offscreen", QT_LOGGING_RULES="*=false", QT_FONT_DPI="96", **{name: scale})
    if name == "QT_SCREEN_SCALE_FACTORS" and scale in ("0", "-1", "nan", "0.001"):
        assert sentence is None, "Qt passes over those"
    else:
        assert sentence == (
            f"No window can be opened here: {name} is “{scale}”, and with it a window would have no size that can be "
            "used; unset it. The verbs need no display."
        )


def test_the_environment_of_the_process_is_tried_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("QT_SCALE_FACTOR", "0")
    assert "QT_SCALE_FACTOR is “0”" in (displays.problem(os.environ) or "")
    assert os.environ["QT_SCALE_FACTOR"] == "0"


@pytest.mark.parametrize("scale", ["1", "1.25", "2", "abc", ""])
def test_a_scale_that_leaves_a_window_will_do(scale: str) -> None:
    assert told(QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR=scale) is None


def test_only_the_variables_that_stand_against_it_are_named() -> None:
    sentence = told(QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR="1.5", QT_FONT_DPI="100000") or ""
    assert "QT_FONT_DPI is “100000”" in sentence
    assert "QT_SCALE_FACTOR" not in sentence


@pytest.mark.parametrize(
    "platform, says",
    [
        ("offscreen:configfile=/nonexistent", "and Qt cannot open “offscreen” here; unset it, or name another"),
        ("vnc", "which shows the window, without a password, to everybody who reaches this machine's port 5900; unset"),
        ("VNC:port=5999", "without a password"),
        ("vkkhrdisplay", "which cannot draw this window; unset it"),
        (
            "linuxfb:fb=/nonexistent",
            "and Qt cannot open “linuxfb” here (Qt finds no screen); unset it, or name another",
        ),
        ("", "There is no display here"),
        (";", "and Qt cannot open “” here; unset it"),
        ("XCB", "DISPLAY, which would name an X server, is not set"),
        ("a\x1b[2Jb\n", "QT_QPA_PLATFORM is “a\\x1b[2Jb\\n”"),
    ],
)
def test_a_platform_that_is_no_place_for_the_window_is_named(platform: str, says: str) -> None:
    sentence = told(QT_QPA_PLATFORM=platform) or ""
    assert says in sentence
    assert sentence.isprintable()


def test_plugins_that_cannot_be_loaded_are_told_by_their_variable(tmp_path: Path) -> None:
    (tmp_path / "libqoffscreen.so").write_text("nonsense")
    names = {"QT_QPA_PLATFORM_PLUGIN_PATH": str(tmp_path), "QT_PLUGIN_PATH": str(tmp_path)}
    sentence = told(QT_QPA_PLATFORM="offscreen", **names)
    opens = displays._trial("offscreen", {**names}) == 0
    assert (sentence is None) == opens


@pytest.mark.parametrize("number", ["77777", "abc", "-1", "9" * 30, "pipe", "silent", "refused", "closed"])
def test_a_connection_that_was_not_handed_over_is_named(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displays, "PATIENCE", 0.2)
    reading, writing = os.pipe()
    near, far = socket.socketpair()
    with near, far:
        if number == "refused":
            far.sendall(REFUSED)
        if number == "closed":
            far.close()
        given = {"pipe": str(reading)}.get(number, number if number[-1].isdigit() or number == "abc" else "")
        sentence = told(WAYLAND_SOCKET=given or str(near.fileno()), DISPLAY=STALE) or ""
        assert "which is no connection that a Wayland compositor handed over; unset it" in sentence
    os.close(reading)
    os.close(writing)


def test_a_connection_that_was_handed_over_will_do_and_is_left_as_it_was() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        far.sendall(DONE + struct.pack("=IHHI", 1, 1, 12, 2))
        assert told(WAYLAND_SOCKET=str(near.fileno())) is None
        assert far.recv(100) == displays._SYNC
        assert near.getblocking() is False
        assert select.select([near], [], [], 0) == ([], [], []), "the answer was taken whole"


def test_an_x_server_that_stays_silent_is_not_waited_for(runtime: Path) -> None:
    with socket.socket() as server:
        for number in range(200, 300):
            try:
                server.bind(("127.0.0.1", 6000 + number))
            except OSError:
                continue
            break
        server.listen()
        assert f"DISPLAY “127.0.0.1:{number}” does not answer" in (told(DISPLAY=f"127.0.0.1:{number}") or "")


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="there is no virtual X server on this machine")
def test_an_x_server_that_answers_will_do() -> None:
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with open(reading, encoding="utf-8") as told_number:
        name = f":{told_number.readline().strip()}"
    try:
        assert told(DISPLAY=name) is None
        assert told(DISPLAY=name, WAYLAND_DISPLAY="/gone") is None, "Qt goes on to the next platform"
        assert "lets us in" in (told(DISPLAY=f"{name}.9") or "")
    finally:
        server.terminate()
        server.wait()
    assert f"lets us in at DISPLAY “{name}”" in (told(DISPLAY=name) or "")


@pytest.mark.parametrize("verb", [[], ["tour"], ["doctor"], ["doctor", "--json"]])
@pytest.mark.parametrize("environ", [{"DISPLAY": STALE}, {"WAYLAND_DISPLAY": "gone", "XDG_RUNTIME_DIR": "/tmp"}])
def test_the_program_ends_with_the_sentence_and_the_documented_code(
    verb: list[str], environ: dict[str, str], tmp_path: Path
) -> None:
    """Qt's own way is an abort and a core."""
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE"}
    clean = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-P", "-m", "app", *verb]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=clean | environ, cwd=tmp_path, timeout=60
    )
    assert done.returncode == 2
    said = done.stdout if "doctor" in verb else done.stderr
    assert said.count("No window can be opened here: ") == 1
    assert "Nothing stands against" not in said
    assert list(tmp_path.iterdir()) == [], "no core, no pictures"
