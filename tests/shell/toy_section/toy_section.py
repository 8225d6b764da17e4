"""A section from another package: what a plug-in's author writes, and nothing more."""

from dataclasses import dataclass
from typing import Literal

import narwhals as nw
import polars as pl
from pydantic import Field

from assay.data.requests import CubeRequest
from assay.jobs.section import SectionConfig
from assay.overview import HasOverview, Overview
from assay.reports.page import Page, Paragraph, Skipped, Table
from assay.result import Finding


class ToyConfig(SectionConfig):
    column: str = Field(default="sex", description="Column whose values are counted.")
    at_most: int = Field(default=5, ge=1, description="Values shown.")
    loudly: bool = Field(default=False, description="Count with an exclamation mark.")
    order_by: Literal["rows", "name"] = Field(default="rows", description="How values are sorted.")
    skip: tuple[str, ...] = Field(default=(), description="Value to leave out.")


@dataclass(frozen=True, repr=False)
class ToyResult(HasOverview):
    column: str
    counts: tuple[tuple[str, int], ...]
    mark: str
    findings: tuple[Finding, ...] = ()

    def to_dict(self):
        return {"column": self.column, "counts": dict(self.counts)}

    def to_frame(self):
        return pl.DataFrame(self.counts, schema=["value", "rows"], orient="row")

    def plot(self):
        return None

    def overview(self):
        return Overview("toy", ("value", "rows"), self.counts)


class ToySection:
    name, title, order, needs, config = "toy", "Toy counts", 50, (), ToyConfig

    def tables(self, request):
        return {"counts": CubeRequest(by={"value": nw.col(request.config.column)})}

    def cost(self, request):
        return 0.0

    def run(self, context):
        config, cube = context.request.config, context.tables["counts"]
        values = [str(cube.levels[0][code]) for code in cube.codes[:, 0]]
        counted = [
            pair
            for pair in zip(values, cube.n.tolist(), strict=False)
            if pair[0] not in config.skip
        ]
        counted.sort(key=lambda pair: pair[0] if config.order_by == "name" else -pair[1])
        finding = Finding(
            rule="toy_finding",
            severity="warning",
            message=f"{len(counted)} values were counted.",
            evidence={"values": len(counted)},
        )
        mark = "!" if config.loudly else "."
        return ToyResult(config.column, tuple(counted[: config.at_most]), mark, (finding,))

    def page(self, result):
        table = Table("Toy values", ("value", "rows"), result.counts)
        return Page(self.name, "Toy counts", (Paragraph(f"Counted{result.mark}"), table))

    def skipped(self, result):
        return (Skipped("Toy dreams", "toys do not sleep", "--toy-sleep"),)


class BrokenSection(ToySection):
    name, title, order, needs, config = "toy_broken", "Broken toy", 60, ("prediction",), ToyConfig

    def run(self, context):
        raise RuntimeError("the spring came off")


SECTION = ToySection()
BROKEN = BrokenSection()
