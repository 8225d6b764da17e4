"""Runs of a simulation, kept in a file line by line, so that what was cut short can go on."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

Made = dict[str, float]


class KeptRuns:
    """What the runs of several cases gave.

    Parameters
    ----------
    place : Path or None
        File of JSON lines; what stands there is not run again. None keeps nothing.
    """

    def __init__(self, place: Path | None) -> None:
        self.place = place
        self.made: dict[tuple[str, int], Made] = {}
        if place is not None and place.exists():
            for line in place.read_text(encoding="utf-8").splitlines():
                told = json.loads(line)
                self.made[told["case"], told["run"]] = told["made"]

    def run(self, case: str, number: int, make: Callable[[], Made]) -> None:
        """Make one run of a case, unless it was made before."""
        if (case, number) in self.made:
            return
        self.made[case, number] = made = make()
        if self.place is not None:
            with self.place.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"case": case, "run": number, "made": made}) + "\n")

    def of(self, case: str) -> list[Made]:
        """Return what the runs of a case gave."""
        return [made for (name, _), made in self.made.items() if name == case]


def in_turns(n_cases: int, runs: int, *, at_once: int = 20) -> Iterator[tuple[int, int]]:
    """Return (case, run), some runs of every case before the next of any.

    What is cut short then holds about as many runs of each.
    """
    for start in range(0, runs, at_once):
        for case in range(n_cases):
            for run in range(start, min(start + at_once, runs)):
                yield case, run


def write_between(page: Path, name: str, lines: list[str]) -> None:
    """Put lines into a page, between its marks ``<!-- name -->`` and ``<!-- /name -->``."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, _, rest = page.read_text(encoding="utf-8").partition(start)
    _, _, after = rest.partition(end)
    body = "\n".join(lines)
    page.write_text(f"{before}{start}\n{body}\n\n{end}{after}", encoding="utf-8")
