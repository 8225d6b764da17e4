"""Several requests at once, their results in order, and an end as soon as one fails."""

from collections.abc import Callable, Sequence
from threading import Condition, Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def run_in_order(
    tasks: Sequence[T],
    work: Callable[[T, Event], R],
    *,
    workers: int,
    failed: Callable[[R], bool],
) -> list[R]:
    """Do tasks with several threads; return the results in order, up to the first that failed.

    Ctrl-C ends it at once: the threads begin nothing more, and do not keep the program alive.

    Parameters
    ----------
    tasks : sequence
    work : callable
        (task, stop) -> result. `stop` is set when nobody waits for the result any more.
    workers : int
        How many threads at most; with one task, none is started.
    failed : callable
        Whether a result means that the tasks after it are not wanted.

    Returns
    -------
    list
        If the last one did not fail, one result for each task.

    Examples
    --------
    >>> run_in_order([1, 2, 3, 4], lambda n, _: n * n, workers=2, failed=lambda n: n == 9)
    [1, 4, 9]
    """
    stop = Event()
    if workers == 1 or len(tasks) == 1:
        results: list[R] = []
        for task in tasks:
            results.append(work(task, stop))
            if failed(results[-1]):
                break
        return results
    wave = _Wave(tasks, work, failed, stop)
    try:
        for _ in range(min(workers, len(tasks))):
            Thread(target=wave.run, daemon=True).start()
        return wave.wait()
    finally:
        stop.set()


class _Wave(Generic[T, R]):
    """What the threads share."""

    def __init__(
        self,
        tasks: Sequence[T],
        work: Callable[[T, Event], R],
        failed: Callable[[R], bool],
        stop: Event,
    ) -> None:
        self._tasks, self._work, self._failed, self._stop = tasks, work, failed, stop
        self._next, self._end = 0, len(tasks)
        self._results: dict[int, R] = {}
        self._broken: BaseException | None = None
        self._changed = Condition()

    def run(self) -> None:
        """Take tasks until there are none."""
        while (place := self._take()) is not None:
            try:
                self._put(place, self._work(self._tasks[place], self._stop))
            except BaseException as error:  # noqa: BLE001  raised again in the waiting thread
                with self._changed:
                    self._broken = error
                    self._changed.notify_all()

    def wait(self) -> list[R]:
        """Return the results when all that are wanted are there."""
        with self._changed:
            self._changed.wait_for(self._is_done)
            if self._broken is not None:
                raise self._broken
            return [self._results[place] for place in range(self._end)]

    def _is_done(self) -> bool:
        there = all(place in self._results for place in range(self._end))
        return there or self._broken is not None

    def _take(self) -> int | None:
        with self._changed:
            if self._stop.is_set() or self._broken is not None or self._next >= self._end:
                return None
            self._next += 1
            return self._next - 1

    def _put(self, place: int, result: R) -> None:
        with self._changed:
            self._results[place] = result
            if self._failed(result):
                self._end = min(self._end, place + 1)
            self._changed.notify_all()
