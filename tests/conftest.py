"""What holds for every test: no surprise in the log, no timer left behind, no trace outside the test's own directory.

Nothing here imports Qt, so a test of the rooms below the window never does either.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Before any Qt import: the platform is chosen once a process. tests/run.sh sets xcb for the xvfb group.
if os.environ.setdefault("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    # Its own screen has 800 pixels a side, and no window is larger than its screen.
    os.environ["QT_QPA_PLATFORM"] += f":configfile={Path(__file__).parent / 'helpers' / 'screen.json'}"
os.environ.setdefault("QT_API", "pyside6")
# One locale and one time zone everywhere; a test of another sets it itself. Qt warns of any charset but UTF-8.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ["TZ"] = "UTC"
time.tzset()
# A shell that starts the tests in the background has them ignore Ctrl-C, and with them every program they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = [
    *(f"tests.helpers.{name}" for name in ("logfail", "leaks", "groups", "coroutines", "long_first")),
    "pytester",
]
if importlib.util.find_spec("PySide6") is not None:
    pytest_plugins.append("tests.helpers.qtloop")

# The same examples on every machine and in every run; a slow machine is no failure.
hypothesis.settings.register_profile("redline", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.load_profile("redline")

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy", "no_proxy")


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test, and every process it starts, away from the user's settings, keyring and proxies."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        # Qt warns when it is unset or open to others, and a Qt warning fails a test.
        runtime = home / "runtime"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        for name in _PROXIES:
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            patch.delenv(name, raising=False)
        for name in [name for name in os.environ if name.startswith("REDLINE_")]:
            patch.delenv(name)
        yield
