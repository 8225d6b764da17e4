import subprocess
import sys
import textwrap
import time
from signal import SIGINT
from threading import Barrier, Lock, current_thread

import pytest

from assay.models.remote.waves import run_in_order


def never(result):
    return False


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_are_in_the_tasks_order(workers):
    def work(task, stop):
        time.sleep(0.001 * (5 - task))
        return task * 10

    assert run_in_order(range(6), work, workers=workers, failed=never) == [0, 10, 20, 30, 40, 50]


def test_so_many_at_once():
    barrier = Barrier(3, timeout=5)

    def work(task, stop):
        return barrier.wait() in (0, 1, 2)

    assert run_in_order(range(6), work, workers=3, failed=never) == [True] * 6


def test_one_task_needs_no_thread():
    here = current_thread()
    assert run_in_order([1], lambda *_: current_thread(), workers=4, failed=never) == [here]


@pytest.mark.parametrize("workers", [1, 3])
def test_nothing_is_begun_after_a_failure(workers):
    begun, lock = [], Lock()

    def work(task, stop):
        with lock:
            begun.append(task)
        time.sleep(0.002)
        return task

    results = run_in_order(range(100), work, workers=workers, failed=lambda task: task >= 4)
    assert results == [0, 1, 2, 3, 4]
    assert len(begun) < 15


def test_errors_come_out():
    def work(task, stop):
        raise KeyError(task)

    with pytest.raises(KeyError):
        run_in_order([1, 2], work, workers=2, failed=never)


def test_interrupt_ends_it_at_once_and_no_thread_holds_the_program():
    code = """
        import time
        from assay.models.remote.waves import run_in_order
        print("go", flush=True)
        run_in_order(range(9), lambda *_: time.sleep(60), workers=3, failed=lambda _: False)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"go\n"
        time.sleep(0.1)
        started = time.monotonic()
        process.send_signal(SIGINT)
        _, errors = process.communicate(timeout=20)
    assert b"KeyboardInterrupt" in errors
    assert time.monotonic() - started < 10
