"""Progress on stderr: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """What a job calls: the stage in words, how much is done, and of how much (if known)."""

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        """Tell how far the work is."""
        ...


@contextmanager
def showing_progress(*, quiet: bool) -> Iterator[Progress]:
    """Yield a function that shows progress in the way that fits stderr."""
    if quiet:
        yield _silent
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _Lines()


def _silent(stage: str, done: int, total: int | None, /) -> None:
    """Show nothing."""


class _Lines:
    """One line when a stage begins, and one every few seconds while it lasts."""

    every_seconds = 5.0

    def __init__(self) -> None:
        self.stage = ""
        self.next_at = 0.0

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        now = time.monotonic()
        if stage != self.stage:
            self.stage, self.next_at = stage, now + self.every_seconds
            print(f"{stage} …", file=sys.stderr, flush=True)  # noqa: T201 - this is the shell
        elif total and now >= self.next_at:
            self.next_at = now + self.every_seconds
            share = f"{stage}: {done:,} of {total:,}"
            print(share, file=sys.stderr, flush=True)  # noqa: T201 - this is the shell


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, object] = {}

        def show(stage: str, done: int, total: int | None, /) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bar.remove_task(task)  # type: ignore[arg-type]
                tasks.clear()
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield show
