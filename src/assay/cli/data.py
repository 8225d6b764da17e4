"""`assay data`: part a table, and say what identifies it."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from assay.cli.group import LazyGroup

COMMANDS = {
    "split": ("assay.cli.data:split", "Part a table into train, validation and test."),
    "fingerprint": ("assay.cli.data:fingerprint", "Say what identifies a table's content."),
}
EPILOG = """\b
Examples:
  assay data split data.csv --label income --out parts/
  assay data fingerprint test.parquet
"""
SPLIT_EPILOG = """\b
Examples:
  assay data split data.csv --label income --out parts/
  assay data split data.csv --kind group --by customer --out parts/
  assay data split sales.parquet --kind time --by day --gap 7d --out parts/
  assay data split data.csv --kind nested --label y --folds 5 --out folds/
  assay data split grown.csv --like parts/split.json --out parts2/
"""
FINGERPRINT_EPILOG = """\b
Examples:
  assay data fingerprint test.csv
  assay data fingerprint test.parquet --json
"""
KINDS = (
    "random",
    "stratified",
    "group",
    "stratified-group",
    "time",
    "column",
    "folds",
    "repeated",
    "nested",
    "leave-one-group-out",
    "rolling",
    "purged",
)
WITHIN = ("random", "stratified", "group", "stratified-group", "time")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
PARTS = ("train", "validation", "test")


class Span(click.ParamType):
    """A length of time such as 7d, 12h or 30m."""

    name = "span"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> timedelta:
        """Return the length that a text says."""
        if isinstance(value, timedelta):
            return value
        number, unit = str(value)[:-1], str(value)[-1:]
        try:
            length = timedelta(seconds=float(number) * UNITS[unit])
        except (ValueError, KeyError, OverflowError):
            length = None
        if length is not None and length >= timedelta():
            return length
        self.fail(f"{value!r} is no length of time; say for example 7d, 12h or 30m", param, ctx)


class Shares(click.ParamType):
    """Shares of parts: 80/10/10, or train=0.7,test=0.3."""

    name = "shares"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> dict[str, float]:
        """Return part → share."""
        if isinstance(value, dict):
            return value
        try:
            return _shares(str(value))
        except ValueError:
            self.fail(f"{value!r} says no shares; say 80/10/10 or train=0.8,test=0.2", param, ctx)


def _shares(text: str) -> dict[str, float]:
    if "=" in text:
        pairs = [each.partition("=") for each in text.split(",")]
        return {name.strip(): float(share) for name, _, share in pairs}
    numbers = [float(each) for each in text.split("/")]
    names = {2: ("train", "test"), 3: PARTS}.get(len(numbers))
    if names is None:
        raise ValueError(text)
    whole = 100.0 if max(numbers) > 1 else 1.0
    return {name: number / whole for name, number in zip(names, numbers, strict=True)}


@click.group(cls=LazyGroup, places=COMMANDS, epilog=EPILOG)
def command() -> None:
    """Part tables, and say what identifies them."""


@click.command(epilog=SPLIT_EPILOG)
@click.argument("source", metavar="DATA")
@click.option("--out", required=True, metavar="DIR", help="Folder for the files.")
@click.option("--kind", type=click.Choice(KINDS), help="How to part; else what suits the columns.")
@click.option("--by", metavar="COLUMN", help="Ids, classes, groups, times or parts, by the kind.")
@click.option("--label", metavar="COLUMN", help="The label; its classes are kept in proportion.")
@click.option("--group", metavar="COLUMN", help="Groups that stay together.")
@click.option("--time", metavar="COLUMN", help="Times, so that later rows are the test.")
@click.option("--id", "id_", metavar="COLUMN", help="Ids, by which rows stay where they are.")
@click.option(
    "--shares",
    type=Shares(),
    metavar="A/B/C",
    help="Shares of the parts (80/10/10; below 2,000 rows 80/20 and folds).",
)
@click.option("--salt", default="", metavar="TEXT", help="Another salt gives another split.")
@click.option("--folds", type=click.IntRange(min=2), metavar="K", help="Number of folds (5).")
@click.option("--repeats", type=int, metavar="N", help="Repetitions of repeated folds (10).")
@click.option("--within", type=click.Choice(WITHIN), help="Kind of the folds.")
@click.option("--gap", type=Span(), metavar="7d", help="Time left out before a cut.")
@click.option("--horizon", type=Span(), metavar="7d", help="Purged: how long a label takes.")
@click.option(
    "--embargo", type=Span(), metavar="7d", help="Purged: time left out after a stretch."
)
@click.option("--like", metavar="FILE", help="A split.json; its rows stay in their parts.")
@click.option("--format", "form", metavar="FORMAT", help="csv, tsv, parquet or jsonl.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def split(
    source: str,
    *,
    out: str,
    as_json: bool,
    quiet: bool,
    debug: bool,
    **given: Any,  # noqa: ANN401
) -> int:
    """Part DATA into train, validation and test, or add the folds of cross-validation to it.

    Rows are placed by a hash of their id or content, so that they stay where they are when others
    are added; split.json holds the cuts (see --like). Without --kind: by time where --time is
    given, by group where --group is, else by class where --label has classes. Below 2,000 rows a
    fifth is the test, with folds on the rest; below 300 there are repeated folds and no test.
    """
    from assay.jobs.splitting import SplitWish, split_table

    within = given["within"]
    wish = SplitWish(
        kind=given["kind"],
        by=given["by"],
        group=given["group"],
        shares=given["shares"],
        salt=given["salt"],
        folds=given["folds"],
        repeats=given["repeats"],
        within=None if within is None else within.replace("-", "_"),
        gap=given["gap"],
        horizon=given["horizon"],
        embargo=given["embargo"],
    )
    roles = {"label": given["label"], "group": given["group"], "time": given["time"]}
    done = split_table(
        source,
        Path(out),
        wish=wish,
        roles={**roles, "id": given["id_"]},
        like=None if given["like"] is None else Path(given["like"]),
        form=given["form"],
        overwrite=given["overwrite"],
    )
    if as_json:
        click.echo(json.dumps(done.manifest, indent=2, ensure_ascii=False))
    elif not quiet:
        click.echo(_told(done.manifest))
        click.echo(f"\nWritten: {', '.join(str(path) for path in done.files)}")
    return 0


def _told(manifest: Mapping[str, Any]) -> str:
    """Return the parts or folds of a manifest as lines."""
    kind = str(manifest["kind"]).replace("_", "-")
    by = f" by {', '.join(manifest['columns'])}" if manifest["columns"] else ""
    lines = [f"{kind}{by}"]
    if "parts" in manifest:
        total = manifest["source"]["rows"]
        lines += [
            f"  {name:<11} {part['rows']:>9,} rows  {part['rows'] / total:>6.1%}{_more(part)}"
            for name, part in manifest["parts"].items()
        ]
        if manifest["dropped"]:
            lines.append(f"  {'in none':<11} {manifest['dropped']:>9,} rows")
    else:
        lines += _folds_told(manifest["folds"])
    return "\n".join([*lines, *(f"  note: {each}" for each in manifest["notes"])])


def _folds_told(folds: Sequence[Mapping[str, int]], shown: int = 10) -> list[str]:
    lines = [
        f"  fold {at:<6} fits on {each['fit']:,}, judges {each['judge']:,}"
        + (f", leaves out {each['left_out']:,}" if each["left_out"] else "")
        for at, each in enumerate(folds[:shown])
    ]
    return [*lines, f"  … {len(folds)} folds in all"] if len(folds) > shown else lines


def _more(part: Mapping[str, Any]) -> str:
    if "first" in part:
        return f"  {part['first']} to {part['last']}"
    shares = part.get("class_shares", {})
    if not 0 < len(shares) <= 5:
        return ""
    return "  " + ", ".join(f"{name} {share:.1%}" for name, share in shares.items())


@click.command(epilog=FINGERPRINT_EPILOG)
@click.argument("source", metavar="DATA")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def fingerprint(source: str, *, as_json: bool, debug: bool) -> int:
    """Say what identifies the content of DATA, whatever format it is stored in.

    Two hashes: one that depends on the order of rows and columns, and one that does not, by which
    looks at a test are counted.
    """
    from assay.data.dataset import Dataset

    mark = Dataset.read(source).fingerprint()
    if as_json:
        click.echo(json.dumps(mark.to_dict(), indent=2))
    else:
        click.echo(f"{mark.rows:,} rows")
        click.echo(f"  in this order  {mark.ordered}\n  in any order   {mark.order_free}")
    return 0
