"""Displays a window could open on, each tried as Qt will try it: the name alone of one that has gone says nothing.

Qt ends the process with an abort where it can open none, so this is known before it is imported. It goes through the
platforms that the environment names and takes the first that opens; so does this.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import resource
import select
import signal
import socket
import struct
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

#: How long a display may take to answer, in seconds.
PATIENCE = 5.0

#: Platforms of Qt that draw into memory and need nobody.
_ALONE = frozenset({"offscreen", "minimal"})

#: First request of a Wayland client: `wl_display.sync`, object 1, opcode 0, 12 bytes, its answer to be object 2.
_SYNC = struct.pack("=IHHI", 1, 0, 12, 2)

#: Object and opcode of the event by which a Wayland compositor refuses a client.
_WAYLAND_ERROR = (1, 0)


def problem(environ: Mapping[str, str]) -> str | None:
    """Say why no window can be opened on any display that the environment names, or return None.

    Args:
        environ: the environment.
    """
    if not any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM")):
        return "There is no display here: `sh resources/run.sh` runs the tour on a virtual one; the verbs need none."
    reasons: list[str] = []
    for platform in platforms(environ):
        reason = _tried(platform, environ)
        if reason is None:
            return None
        reasons.append(reason)
    return f"No window can be opened here: {'; '.join(reasons)}. The verbs need no display."


def platforms(environ: Mapping[str, str]) -> list[str]:
    """The platforms that Qt tries, in its order, each with what is told it behind a colon."""
    if named := environ.get("QT_QPA_PLATFORM"):
        return named.split(";")
    has_wayland = environ.get("WAYLAND_DISPLAY") or environ.get("WAYLAND_SOCKET")
    return ["wayland", "xcb"] if has_wayland or environ.get("XDG_SESSION_TYPE") == "wayland" else ["xcb"]


def _tried(whole: str, environ: Mapping[str, str]) -> str | None:
    """Say why a platform does not open, or return None."""
    platform = whole.partition(":")[0]
    if platform in _ALONE:
        return None
    if platform == "xcb":
        return _x_server(environ.get("DISPLAY", ""))
    if platform.startswith("wayland"):
        return _wayland(environ)
    if _in_a_child(lambda: _open_with_qt(whole), PATIENCE) == 0:
        return None
    return f"QT_QPA_PLATFORM is “{environ.get('QT_QPA_PLATFORM')}”, and Qt cannot open “{platform}” here"


def _x_server(name: str) -> str | None:
    """Say why there is no X server of that name to connect to, or return None."""
    if not name:
        return "DISPLAY, which would name an X server, is not set"
    try:
        xlib = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None  # said by name and package where the libraries are looked for
    # As Qt does, which looks for the screen too.
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    xlib.XOpenDisplay.argtypes = [ctypes.c_char_p]
    error = _in_a_child(lambda: int(not xlib.XOpenDisplay(os.fsencode(name))), PATIENCE)
    if error is None:
        return f"the X server of DISPLAY “{name}” does not answer"
    return f"no X server lets us in at DISPLAY “{name}”" if error else None


def _wayland(environ: Mapping[str, str]) -> str | None:
    """Say why there is no Wayland compositor to connect to, or return None."""
    if environ.get("WAYLAND_SOCKET"):
        return None  # a connection made for us already, which can be used once
    name = environ.get("WAYLAND_DISPLAY") or "wayland-0"
    folder = environ.get("XDG_RUNTIME_DIR", "")
    if not name.startswith("/") and not folder:
        return f"WAYLAND_DISPLAY is “{name}”, and XDG_RUNTIME_DIR, where it would be found, is not set"
    path = Path(folder) / name
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            connection.sendall(_SYNC)
            answer = connection.recv(8, socket.MSG_WAITALL)
    except TimeoutError:
        return f"the Wayland compositor at {path} does not answer"
    except OSError as error:
        return f"no Wayland compositor lets us in at {path} ({error.strerror or error})"
    if len(answer) < 8 or struct.unpack("=IHH", answer)[:2] == _WAYLAND_ERROR:
        return f"no Wayland compositor lets us in at {path}"
    return None


def _open_with_qt(platform: str) -> int:
    """Open a platform as the window would; an abort ends the child this runs in, and nothing else."""
    os.environ["QT_QPA_PLATFORM"] = platform
    from PySide6.QtGui import QGuiApplication

    QGuiApplication(["redline"])
    return 0


def _in_a_child(work: Callable[[], int], seconds: float) -> int | None:
    """Do some work in a process of its own that may abort or hang, and leaves no core.

    Returns:
        What it returned, a signal's number below zero if one ended it; None if it took too long.
    """
    ended, ends = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads; what it does takes no lock
        child = os.fork()
    if child == 0:
        code = 255
        with suppress(BaseException):
            faulthandler.disable()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            code = work()
        os._exit(code)
    # The child has the other end as long as it lives.
    os.close(ends)
    in_time = bool(select.select([ended], [], [], seconds)[0])
    os.close(ended)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if in_time else None
