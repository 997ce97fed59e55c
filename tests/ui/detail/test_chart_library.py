"""The chart's library comes on a thread of its own, once."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, threading, time
from app.ui.detail.chart_library import is_brought
assert "pyqtgraph" not in sys.modules
assert not is_brought()
(thread,) = [each for each in threading.enumerate() if each is not threading.main_thread()]
while not is_brought():
    time.sleep(0.01)
assert not thread.is_alive() and threading.active_count() == 1
print("pyqtgraph" in sys.modules)
"""

WITHOUT = """
import sys, time
sys.modules["pyqtgraph"] = None
from app.ui.detail import chart_library
del sys.modules["pyqtgraph"]
sys.meta_path.insert(0, type("Gone", (), {"find_spec": staticmethod(lambda name, *rest: exec("raise ImportError"))}))
while not chart_library.is_brought():
    time.sleep(0.01)
print("pyqtgraph" in sys.modules)
"""


@pytest.mark.sockets
@pytest.mark.parametrize("program, there", [(PROGRAM, "True"), (WITHOUT, "False")], ids=["there", "not there"])
def test_it_is_imported_beside_the_window_or_found_missing(program: str, there: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (there, "")
