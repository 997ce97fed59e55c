"""Displays a window could open on, each tried as Qt will try it: the name alone of one that has gone says nothing.

Qt ends the process with an abort where it can open none, so this is known before it is imported. It goes through the
platforms that the environment names and takes the first that opens; so does this.
"""

from __future__ import annotations

import ctypes
import faulthandler
import math
import os
import resource
import select
import signal
import socket
import stat
import struct
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from app.domain.plain import one_line

#: How long a display may take to answer, in seconds.
PATIENCE = 5.0

#: How long Qt may take to be loaded and to open a platform, in seconds.
QT_PATIENCE = 20.0

#: Platforms of Qt that draw into memory and need nobody.
_ALONE = frozenset({"offscreen", "minimal"})

#: Platforms that open and are no place for this window, and why.
_UNFIT = {
    "vnc": "shows the window, without a password, to everybody who reaches this machine's port 5900",
    "vkkhrdisplay": "cannot draw this window",
}

#: Variables of Qt that a session sets by itself and that keep no window from opening.
_HARMLESS = frozenset(
    {
        "QT_QPA_PLATFORM", "QT_ACCESSIBILITY", "QT_API", "QT_AUTO_SCREEN_SCALE_FACTOR", "QT_DEBUG_PLUGINS",
        "QT_IM_MODULE", "QT_IM_MODULES", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON", "QT_LOGGING_RULES", "QT_MESSAGE_PATTERN",
        "QT_QPA_PLATFORMTHEME", "QT_STYLE_OVERRIDE", "QT_WAYLAND_RECONNECT",
    }
)  # fmt: skip

#: What a trial found, and words for it; whatever else ends one is told as the last of them, None took too long.
_OPENS, _NO_SCREEN, _NO_SIZE, _NO_QT = 0, 3, 4, 5
_FOUND: dict[int | None, str] = {
    _NO_SCREEN: "Qt finds no screen",
    _NO_SIZE: "a window would have no size that can be used",
    None: "Qt does not open a window in time",
}
_FAILS = "Qt cannot open a window"

#: Bounds of what a screen may be for a window on it to be used: pixels of it for one of ours, and its sides in ours.
_RATIOS, _SIDE = (0.25, 10.0), 150

#: First request of a Wayland client: `wl_display.sync`, object 1, opcode 0, 12 bytes, its answer to be object 2.
_SYNC = struct.pack("=IHHI", 1, 0, 12, 2)

#: How many bytes a compositor answers to it: that it is done, and that the object may be used again.
_SYNCED = 24

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
    # Qt does not go on to the next platform from a connection that is none: it waits, or ends the process.
    given = any(_name_of(each).startswith("wayland") for each in platforms(environ)) and environ.get("WAYLAND_SOCKET")
    if given and (reason := _handed_over(given)):
        return f"No window can be opened here: {reason}. The verbs need no display."
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


def unshown(environ: Mapping[str, str]) -> str:
    """One sentence if the window would open where nobody sees it, "" otherwise."""
    whole = environ.get("QT_QPA_PLATFORM", "").partition(";")[0]
    if _name_of(whole) not in _ALONE:
        return ""
    return f"QT_QPA_PLATFORM is “{one_line(whole, 80)}”, which shows nothing: the window opens unseen; unset it."


def _name_of(whole: str) -> str:
    return whole.partition(":")[0].lower()


def _tried(whole: str, environ: Mapping[str, str]) -> str | None:
    """Say why a platform does not open, or return None."""
    name = _name_of(whole)
    if name in _UNFIT:
        return f"QT_QPA_PLATFORM is “{one_line(whole, 80)}”, which {_UNFIT[name]}; unset it, or name another"
    is_known = True
    if name == "xcb":
        reason = _x_server(environ.get("DISPLAY", ""))
    elif name.startswith("wayland"):
        reason = _wayland(environ)
    else:
        reason, is_known = None, name in _ALONE
    if reason or (is_known and ":" not in whole and not _suspects(environ)):
        return reason
    return _with_qt(whole, environ)


def _suspects(environ: Mapping[str, str]) -> list[str]:
    """Names of the variables by which Qt may be kept from opening a window."""
    return sorted(name for name, value in environ.items() if name.startswith("QT_") and value and name not in _HARMLESS)


def _with_qt(whole: str, environ: Mapping[str, str]) -> str | None:
    """Say why Qt does not open a platform, naming the variable without which it would, or return None."""
    if environ.get("WAYLAND_SOCKET") and _name_of(whole).startswith("wayland"):
        whole = "offscreen"  # that connection can be used once, and not here; what else is set is tried
    suspects = _suspects(environ)
    found = _trial(whole, environ)
    if found in (_OPENS, _NO_QT):
        return None  # without Qt there is a sentence on that
    bare = {name: value for name, value in environ.items() if name not in suspects}
    if not suspects or _trial(whole, bare) != _OPENS:
        asked, platform = one_line(environ.get("QT_QPA_PLATFORM", ""), 80), one_line(_name_of(whole), 80)
        why = f" ({_FOUND[found]})" if found in _FOUND else ""
        return f"QT_QPA_PLATFORM is “{asked}”, and Qt cannot open “{platform}” here{why}; unset it, or name another"
    alone = {name: _trial(whole, {**bare, name: environ[name]}) for name in suspects}
    guilty = {name: each for name, each in alone.items() if each != _OPENS} or dict.fromkeys(suspects, found)
    return "; ".join(
        f"{name} is “{one_line(environ[name], 80)}”, and with it {_FOUND.get(each, _FAILS)}; unset it"
        for name, each in guilty.items()
    )


def _trial(whole: str, environ: Mapping[str, str]) -> int | None:
    return _in_a_child(lambda: _open_with_qt(whole, environ), QT_PATIENCE)


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
        return None  # a connection that was made for us already, and that answered
    name = environ.get("WAYLAND_DISPLAY") or "wayland-0"
    folder = environ.get("XDG_RUNTIME_DIR", "")
    if not name.startswith("/") and not folder:
        return f"WAYLAND_DISPLAY is “{name}”, and XDG_RUNTIME_DIR, where it would be found, is not set"
    path = Path(folder) / name
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            answer = _answer_of(connection)
    except TimeoutError:
        return f"the Wayland compositor at {path} does not answer"
    except OSError as error:
        return f"no Wayland compositor lets us in at {path} ({error.strerror or error})"
    if not _lets_in(answer):
        return f"no Wayland compositor lets us in at {path}"
    return None


def _handed_over(number: str) -> str | None:
    """Say why the connection whose number WAYLAND_SOCKET gives is none to a compositor, or return None.

    What is asked of it leaves it as it was: the answer is taken whole, and its object is given back by it.
    """
    shown = one_line(number, 80)
    reason = f"WAYLAND_SOCKET is “{shown}”, which is no connection that a Wayland compositor handed over; unset it"
    try:
        file = int(number)
        blocks = os.get_blocking(file)
        if not stat.S_ISSOCK(os.fstat(file).st_mode):
            return reason
        with socket.socket(fileno=os.dup(file)) as connection:
            connection.settimeout(PATIENCE)
            answer = _answer_of(connection)
            if _lets_in(answer):
                connection.recv(_SYNCED - len(answer), socket.MSG_WAITALL)
        os.set_blocking(file, blocks)
    except (OSError, ValueError, OverflowError):
        return reason
    return None if _lets_in(answer) else reason


def _answer_of(connection: socket.socket) -> bytes:
    connection.sendall(_SYNC)
    return connection.recv(8, socket.MSG_WAITALL)


def _lets_in(answer: bytes) -> bool:
    return len(answer) == 8 and struct.unpack("=IHH", answer)[:2] != _WAYLAND_ERROR


def _open_with_qt(platform: str, environ: Mapping[str, str]) -> int:
    """Open a platform as the window would; an abort ends the child this runs in, and nothing else."""
    wanted = {**environ, "QT_QPA_PLATFORM": platform}  # they may be those of this process
    os.environ.clear()
    os.environ.update(wanted)
    try:
        from PySide6.QtGui import QGuiApplication
    except ImportError:
        return _NO_QT
    application = QGuiApplication(["redline"])
    if not application.screens():
        return _NO_SCREEN
    screen = application.primaryScreen()
    ratio, size = screen.devicePixelRatio(), screen.size()
    fits = math.isfinite(ratio) and _RATIOS[0] <= ratio <= _RATIOS[1]
    return _OPENS if fits and min(size.width(), size.height()) >= _SIDE else _NO_SIZE


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
