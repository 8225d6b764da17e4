"""How effects are laid out: sentences, charts, tables with intervals, and what has none."""

import numpy as np
import polars as pl

import assay
from assay.explainability.effects.measure import measure_dependence
from assay.jobs.sections.explanations.effects_page import effects_blocks
from assay.jobs.sections.explanations.result import Explanations
from assay.reports.page import Figure, Heading, Paragraph
from assay.result import Estimate


def rows(n: int = 60) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "a": rng.normal(size=n),
            "b": rng.normal(size=n),
            "c": rng.normal(size=n),
            "t": [f"a text of some {n} words and more" for n in range(n)],
        }
    )


def model(frame: pl.DataFrame) -> np.ndarray:
    a, b, c = (frame[name].to_numpy() for name in "abc")
    return a + b + 0.5 * a * b * (1 + c)


def noise(frame: pl.DataFrame) -> np.ndarray:
    a, b, c = (frame[name].to_numpy() for name in "abc")
    return a + b + a * b * (c - c.mean() + 0.01)


def test_a_pair_has_its_effect_and_what_it_does_only_together():
    pair = measure_dependence(model, rows(), ("a", "b"), grid=[-1.0, 0.0, 1.0])
    heading, both, together = effects_blocks([pair])
    assert heading == Heading("Effects of columns")
    assert isinstance(both, Figure)
    assert isinstance(together, Figure)
    assert both.table.columns == ("a", "b", "mean prediction", "rows nearest")
    share = pair.h_squared[0]
    assert together.caption.startswith("Share of the joint effect's variance")
    assert f"{share.value:.4g}"[:5] in together.caption
    assert "noise" not in together.caption.lower()
    low, high = pair.interaction_interval() or (None, None)
    (first, second, cell, count) = together.table.rows[0]
    assert (first, second, count) == ("-1", "-1", pair.counts[0][0])
    assert isinstance(cell, Estimate)
    assert (cell.value, cell.low, cell.high) == (
        pair.interaction[0, 0, 0],
        low[0, 0, 0],
        high[0, 0, 0],
    )
    shown = sum(each.shown for each in pair.cells(interaction=True))
    assert f"of 9 cells {shown} have" in together.alternative


def test_an_interaction_that_may_be_noise_is_said_to_be_so():
    pair = measure_dependence(noise, rows(), ("a", "b"), grid=[-1.0, 0.0, 1.0])
    together = effects_blocks([pair])[-1]
    assert isinstance(together, Figure)
    assert together.caption.endswith("Noise of the rows alone could be the reason.")
    flat = measure_dependence(lambda r: r["c"].to_numpy(), rows(), ("a", "b"))
    last = effects_blocks([flat])[-1]
    assert isinstance(last, Figure)
    assert last.caption == "H² is undefined: neither column moves the mean score."


def test_one_column_has_a_table_with_intervals_and_outputs():
    effect = measure_dependence(
        lambda r: np.column_stack([model(r), -model(r)]), rows(), "a", grid=[-1.0, 1.0]
    )
    figure = effects_blocks([effect])[-1]
    assert isinstance(figure, Figure)
    assert figure.table.columns == ("a", "output", "mean prediction", "rows nearest")
    assert len(figure.table.rows) == 4
    cell = figure.table.rows[0][2]
    assert isinstance(cell, Estimate)
    assert cell.low < cell.value < cell.high
    steps = effects_blocks([measure_dependence(model, rows(), "a", kind="ale")])[-1]
    assert isinstance(steps, Figure)
    assert steps.table.columns[-1] == "rows in the step to it"
    assert steps.alternative.startswith("Accumulated local effect of a: lowest")


def test_of_several_outputs_the_drawn_one_is_named():
    def two(frame: pl.DataFrame) -> np.ndarray:
        return np.column_stack([model(frame), -model(frame)])

    pair = measure_dependence(two, rows(), ("a", "b"), grid=[-1.0, 1.0])
    first = pair.outputs[0]
    _, both, together = effects_blocks([pair])
    assert isinstance(both, Figure)
    assert isinstance(together, Figure)
    assert f"mean prediction of {first} over" in both.alternative
    assert f"on the score of {first} beyond" in together.alternative
    assert f"joint effect's variance of {first} that" in together.caption
    assert both.title == f"What a and b do to the score of {first} together"
    single = effects_blocks([measure_dependence(two, rows(), "a")])[-1]
    assert isinstance(single, Figure)
    assert f"Partial dependence of a on the score of {first}: lowest" in single.alternative


def test_values_of_a_flag_are_told_as_they_are():
    flags = rows().with_columns(flag=pl.col("a") > 0)
    effect = measure_dependence(
        lambda f: f["flag"].to_numpy() * 1.0 + f["b"].to_numpy(), flags, "flag"
    )
    figure = effects_blocks([effect])[-1]
    assert isinstance(figure, Figure)
    assert " at False, highest" in figure.alternative
    assert figure.alternative.endswith(" at True.")


def test_what_has_no_effect_says_why():
    found = [measure_dependence(model, rows(), each) for each in ("t", ("a", "t"))]
    _, one, two = effects_blocks(found)
    assert isinstance(one, Paragraph)
    assert isinstance(two, Paragraph)
    assert one.text.startswith("No effect of t is shown: text of")
    assert two.text.startswith("No effect of a and t is shown: 't': text of")
    assert effects_blocks([]) == []


def test_results_json_has_the_errors_of_a_pair():
    pair = measure_dependence(model, rows(), ("a", "b"), grid=[-1.0, 0.0, 1.0])
    (told,) = Explanations(dependence=(pair,)).to_dict()["dependence"]
    assert np.shape(told["interaction_errors"]) == np.shape(told["standard_errors"]) == (1, 3, 3)
    assert told["h_squared"][0]["high"] == pair.h_squared[0].high


def test_pictures_of_a_pair_are_two(tmp_path):
    table = rows().drop("t")
    pair = measure_dependence(model, table, ("a", "b"), grid=[-1.0, 0.0, 1.0])
    made = Explanations(
        explanation=assay.explain(model, table[:3], background=table[:5]),
        dependence=(measure_dependence(model, table, "a"), pair),
        plots="svg",
    )
    effects = {name: write for name, write in made.files.items() if "_effect_" in name}
    assert list(effects) == [
        "explanations_effect_1.svg",
        "explanations_effect_2.svg",
        "explanations_effect_2_interaction.svg",
    ]
    effects["explanations_effect_2_interaction.svg"](tmp_path / "pair.svg")
    assert "interaction" in (tmp_path / "pair.svg").read_text("utf-8")
