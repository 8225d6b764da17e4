"""How many threads there may be, and how many are worth their waiting."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

FEW_ROWS = 50_000
"""Up to so many rows a fit by one thread takes a second or two; by several it may take many times
as long where other programs want the processor too: they wait for each other at every step."""


def usable_processors() -> int:
    """Return on how many processors this process may run.

    Examples
    --------
    >>> usable_processors() >= 1
    True
    """
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


@contextmanager
def threads_for(n_rows: int) -> Iterator[None]:
    """Keep scikit-learn's own threads (OpenMP) to one while a model of few rows is fitted.

    Boosting of 25,000 rows on two busy cores took 28 s with all threads and 1.3 s with one. What a
    fit learns stays the same. Processes and threads that a model starts otherwise (`n_jobs`) are
    its own affair.

    Parameters
    ----------
    n_rows : int
        Rows that are fitted on, or answered.

    Examples
    --------
    >>> with threads_for(100):
    ...     print("fitted")
    fitted
    """
    if n_rows > FEW_ROWS:
        yield
        return
    import sklearn.ensemble  # noqa: F401 - brings the library whose threads are limited
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    with threadpool_limits(limits=1, user_api="openmp"):
        yield
