"""The test suite's own guards: each must catch what it is there for, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.sockets  # each starts a pytest of its own


def outcomes(pytester: pytest.Pytester, root: Path, plugin: str, text: str) -> dict[str, int]:
    """Run the text as a test module with one of the helpers as plugin, and count how its tests ended."""
    pytester.makeini("[pytest]\nqt_api = pyside6\n")
    pytester.makepyfile(text)
    pytester.syspathinsert(root)
    result = pytester.runpytest_subprocess("-p", f"tests.helpers.{plugin}", "-p", "no:cacheprovider")
    return result.parseoutcomes()


def test_a_log_record_nobody_announced_fails(pytester: pytest.Pytester, repo_root: Path) -> None:
    text = """
        import logging

        def test_surprise():
            logging.getLogger("desk").warning("late push")

        def test_louder_than_announced(caplog):
            with caplog.at_level(logging.WARNING):
                logging.getLogger("desk").error("worse")

        def test_never_came(announced_logs):
            announced_logs.expect("late")

        def test_quiet():
            logging.getLogger("desk").info("push")

        def test_at_level(caplog):
            with caplog.at_level(logging.WARNING):
                logging.getLogger("desk").warning("late push")

        def test_expected(announced_logs):
            announced_logs.expect("late .ush", logging.ERROR)
            logging.getLogger("desk").error("late push")

        def test_allowed(announced_logs):
            announced_logs.allow("late")
    """
    assert outcomes(pytester, repo_root, "logfail", text) == {"passed": 7, "errors": 3}


def test_a_timer_or_thread_left_running_fails(pytester: pytest.Pytester, repo_root: Path) -> None:
    text = """
        from PySide6.QtCore import QThread, QTimer
        from PySide6.QtWidgets import QWidget

        kept = []

        def test_timer(qapp):
            kept.append(QTimer())
            kept[-1].start(10_000)

        def test_thread(qapp):
            kept.append(QThread())
            kept[-1].start()

        def test_stopped(qapp):
            kept.append(QTimer())
            kept[-1].start(10_000)
            kept[-1].stop()

        def test_dies_with_its_widget(qtbot):
            widget = QWidget()
            qtbot.addWidget(widget)
            QTimer(widget).start(10_000)

        def test_forgotten(qapp):
            QTimer().start(10_000)
    """
    assert outcomes(pytester, repo_root, "leaks", text) == {"passed": 5, "errors": 2}


def test_a_coroutine_runs_and_may_leave_no_task(pytester: pytest.Pytester, repo_root: Path) -> None:
    text = """
        import asyncio
        import pytest

        @pytest.fixture
        def one():
            return 1

        async def test_runs(one):
            await asyncio.sleep(0)
            assert one == 1

        async def test_fails(one):
            assert one == 2

        async def test_leaves_a_task():
            asyncio.get_running_loop().create_task(asyncio.sleep(60), name="forgotten")
    """
    assert outcomes(pytester, repo_root, "coroutines", text) == {"passed": 1, "failed": 2}
