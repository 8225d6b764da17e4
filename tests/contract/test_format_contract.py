"""What every form of model must do, from the place that the user names to the columns added."""

import importlib.util
import json
import math
import random
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.kept.store import PredictionStore
from assay.models.loading import inspect_model, load_model
from assay.models.predictor import Prediction, Predictor
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import PROBE_ROWS, score_dataset
from assay.models.timing import PredictionTiming
from contract.predictors.adapters import (
    ADAPTERS,
    FEATURES,
    POISON,
    SEVERAL_OUTPUTS,
    Adapter,
    Order,
    Place,
    Words,
    table,
)
from http_endpoints import Said, Served, serve

# Keras hands its tensors to numpy in a way that numpy no longer likes.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
KINDS = {
    "text": ("no", "yes"),
    "truth": (False, True),
    "whole": (0, 1),
    "signed": (-1, 1),
}


def respond(asked):
    """Answer as an endpoint: the probability of each class."""
    rows = asked.json["instances"]
    if any(row["a"] == POISON for row in rows):
        return Said("cannot take 0.125", status=400, media="text/plain")
    positive = [1 / (1 + math.exp(-4 * (row["a"] + row["b"]))) for row in rows]
    if asked.path == "/wavers":
        positive = [random.random() for _ in rows]
    return {"predictions": [[1 - p, p] for p in positive]}


def _skip_without(names: tuple[str, ...]) -> None:
    for name in names:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")


@dataclass
class Workshop:
    """Builds each model once."""

    folder: Path
    server: Served
    built: dict[tuple[str, Words, bool], Place] = field(default_factory=dict)

    @property
    def mark(self) -> Path:
        return self.folder / "mark"

    def place(self, adapter: Adapter, words: Words, *, wavers: bool = False) -> Place:
        _skip_without(adapter.needs)
        if adapter.name == "node command" and shutil.which("node") is None:
            pytest.skip("there is no node")
        # repr keeps (0, 1) and (False, True) apart
        key = (adapter.name, (repr(words),), wavers)
        if key not in self.built:
            folder = Path(tempfile.mkdtemp(dir=self.folder, prefix="model_"))
            order = Order(folder, words, wavers, self.mark, self.server.url)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the libraries that save
                self.built[key] = adapter.build(order)
        return self.built[key]

    def load(self, adapter: Adapter, words: Words = ("no", "yes"), **how: bool) -> Predictor:
        place, given = self.place(adapter, words, **how)
        return load_model(place, **given)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory) -> Iterator[Workshop]:
    with serve(respond) as server:
        yield Workshop(tmp_path_factory.mktemp("models"), server)


@pytest.fixture(params=ADAPTERS)
def adapter(request) -> Adapter:
    return ADAPTERS[request.param]


def dataset(frame: pd.DataFrame, adapter: Adapter, positive="yes") -> Dataset:
    return Dataset.read(
        pl.from_pandas(frame), label="y", positive=positive, features=adapter.reads
    )


def answers(scored: Dataset) -> pl.DataFrame:
    names = [name for name in scored.schema.names if name.startswith("__assay_")]
    return scored.frame.collect().to_polars().select(names)


def numbers(prediction: Prediction) -> np.ndarray:
    """Return all that an answer says, as one array of numbers."""
    found = prediction.probabilities if prediction.values is None else prediction.values
    assert found is not None
    return found


def rules(scored: Dataset) -> list[str]:
    return [finding.rule for finding in scored.notes]


def test_every_form_that_is_registered_is_tried(workshop):
    from assay.models.formats.place import find_place
    from assay.models.formats.registry import find_formats, recognize

    tried = set()
    for adapter in ADAPTERS.values():
        try:
            place, _ = workshop.place(adapter, ("no", "yes"))
        except pytest.skip.Exception:
            tried.add(adapter.name)
            continue
        tried.add(recognize(find_place(place)).name)
    forms = {each.name for each in find_formats()}
    assert forms <= tried | {"pickle", "command"}


@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_in_the_words_of_the_data(workshop, adapter, kind):
    words = KINDS[kind]
    frame = table(words)
    model = workshop.load(adapter, words)
    scored = score_dataset(model, dataset(frame, adapter, words[1]))
    made = answers(scored)
    assert made[PREDICTION].dtype == pl.from_pandas(frame)["y"].dtype
    assert (made[PREDICTION] == pl.from_pandas(frame)["y"]).mean() > 0.9
    assert scored.classes == words
    is_positive = (frame["y"] == words[1]).to_numpy()
    score = made[SCORE].to_numpy()
    assert score[is_positive].mean() > score[~is_positive].mean() + 0.2
    assert ((score >= 0) & (score <= 1)).all()


@pytest.mark.parametrize("name", [name for name, each in ADAPTERS.items() if each.by_class])
def test_other_class_can_be_the_positive_one(workshop, name):
    adapter = ADAPTERS[name]
    frame = table()
    scored = score_dataset(workshop.load(adapter), dataset(frame, adapter, "no"))
    straight = score_dataset(workshop.load(adapter), dataset(frame, adapter, "yes"))
    assert scored.classes == ("yes", "no")
    assert answers(scored)[PREDICTION].to_list() == answers(straight)[PREDICTION].to_list()
    np.testing.assert_allclose(
        answers(scored)[SCORE].to_numpy(), 1 - answers(straight)[SCORE].to_numpy(), atol=1e-6
    )


def test_batching_does_not_change_the_answer(workshop, adapter):
    batch = pl.from_pandas(table()[list(adapter.reads)])
    model = workshop.load(adapter)
    whole = numbers(model.predict(batch))
    assert len(whole) == batch.height
    for size in (1, 7):
        height = 14 if size == 1 else batch.height
        pieces = [numbers(model.predict(batch[at : at + size])) for at in range(0, height, size)]
        np.testing.assert_allclose(
            np.concatenate(pieces), whole[:height], rtol=0, atol=adapter.slack
        )


def test_sound_model_is_silent(workshop, adapter):
    scored = score_dataset(workshop.load(adapter), dataset(table(n_rows=300), adapter))
    expected = (
        {"columns_by_position"} if workshop.load(adapter).info.feature_names is None else set()
    )
    assert set(rules(scored)) <= expected


def test_calls_are_counted_and_the_cold_start_is_apart(workshop, adapter):
    timings: list[PredictionTiming] = []
    model = workshop.load(adapter)
    assert model.calls == 0
    n_rows = PROBE_ROWS + 100
    score_dataset(
        model, dataset(table(n_rows=n_rows), adapter), batch_rows=50, timed=timings.append
    )
    (timing,) = timings
    assert timing.cold_start_rows == PROBE_ROWS
    assert timing.cold_start_seconds is not None
    assert 0 < timing.calls < model.calls
    assert timing.ms_per_1000_rows is not None
    assert (timing.rows, timing.from_cache) == (n_rows, 0)


def test_columns_beside_its_own_are_left_out(workshop, adapter):
    frame = table()
    model = workshop.load(adapter)
    narrow = answers(score_dataset(model, dataset(frame, adapter)))
    wide = frame.assign(c=1.0, d="x")[["d", "y", "b", "c", "t", "a"]]
    assert answers(score_dataset(model, dataset(wide, adapter))).equals(narrow)


def test_missing_column_is_named(workshop, adapter):
    model = workshop.load(adapter)
    gone = adapter.reads[-1]
    batch = pl.from_pandas(table()[["a", "b", "t", "y"]].drop(columns=gone).rename(columns=str))
    kept = [name for name in adapter.reads if name != gone] or ["y"]
    with pytest.raises((InputError, ModelError), match=rf"\b{gone}\b|1 column|2 columns"):
        model.predict(batch.select(kept))


def test_identity_is_told(workshop, adapter):
    first, second = workshop.load(adapter), workshop.load(adapter)
    if adapter.has_content:
        assert re.fullmatch("[0-9a-f]{32}", first.info.digest or "")
        assert first.info.digest == second.info.digest
    else:
        assert first.info.digest is None
        assert first.info.address
        assert first.info.address == second.info.address


def test_other_settings_are_another_identity(workshop, adapter):
    first = workshop.load(adapter)
    second = workshop.load(adapter, ("low", "high"))
    told = [(i.digest, i.address, i.settings, i.classes) for i in (first.info, second.info)]
    assert told[0] != told[1]


def test_inspection_runs_nothing(workshop, adapter):
    place, given = workshop.place(adapter, ("no", "yes"))
    workshop.mark.unlink(missing_ok=True)
    asked = len(workshop.server.asked)
    found = inspect_model(place, options=given.get("options"))
    assert not workshop.mark.exists()
    assert len(workshop.server.asked) == asked
    assert found.title
    assert found.code
    json.dumps(found.to_dict(), allow_nan=False)
    if given.get("trust"):
        assert found.runs_code


@pytest.mark.parametrize("row", [3, 217, 299])
@pytest.mark.parametrize("name", [name for name, each in ADAPTERS.items() if each.fails])
def test_row_on_which_it_fails_is_named(workshop, name, row, tmp_path):
    adapter = ADAPTERS[name]
    frame = table(n_rows=300)
    frame.loc[row, "a"] = POISON
    store = PredictionStore(tmp_path)
    with pytest.raises(ModelError, match=rf"\brow {row + 1}\b") as caught:
        score_dataset(workshop.load(adapter), dataset(frame, adapter), store=store, batch_rows=50)
    assert caught.value.row == row
    assert caught.value.exit_status == 3
    if adapter.name != "onnx":
        assert "0.125" in str(caught.value)
    if row > PROBE_ROWS:
        assert f"answers for {row} of 300 rows are kept" in str(caught.value)


@pytest.mark.parametrize("name", [name for name, each in ADAPTERS.items() if each.can_waver])
def test_model_that_draws_is_found(workshop, name):
    adapter = ADAPTERS[name]
    model = workshop.load(adapter, wavers=True)
    scored = score_dataset(model, dataset(table(), adapter))
    assert "model_not_deterministic" in rules(scored)


class Stop(KeyboardInterrupt):
    """Ctrl-C."""


def test_interrupted_run_goes_on_and_a_finished_one_is_not_repeated(workshop, adapter, tmp_path):
    data = dataset(table(n_rows=400), adapter)
    store, timings = PredictionStore(tmp_path), []

    def stop(_: str, done: int, __: int | None) -> None:
        if done >= 250:
            raise Stop

    with pytest.raises(Stop):
        score_dataset(workshop.load(adapter), data, store=store, batch_rows=50, progress=stop)
    resumed = score_dataset(
        workshop.load(adapter), data, store=store, batch_rows=50, timed=timings.append
    )
    assert timings[0].from_cache >= 250
    whole = answers(score_dataset(workshop.load(adapter), data, batch_rows=50))
    np.testing.assert_allclose(
        answers(resumed)[SCORE].to_numpy(), whole[SCORE].to_numpy(), rtol=0, atol=adapter.slack
    )
    assert answers(resumed)[PREDICTION].equals(whole[PREDICTION])
    assert ("predictions_resumed" in rules(resumed)) is not adapter.has_content
    again = workshop.load(adapter)
    score_dataset(again, data, store=store)
    assert (again.calls == 0) is adapter.has_content


@pytest.mark.parametrize("form", SEVERAL_OUTPUTS)
def test_several_outputs_are_refused_or_chosen_from(form, tmp_path):
    needs, build = SEVERAL_OUTPUTS[form]
    _skip_without(needs)
    (place, given), chosen = build(tmp_path)
    frame = table(n_rows=80).assign(y=lambda f: f["a"] + f["b"])
    data = Dataset.read(pl.from_pandas(frame), label="y", features=FEATURES)
    with pytest.raises((InputError, ModelError)) as caught:
        score_dataset(load_model(place, **given), data, task="regression")
    assert re.search("outputs?|2 columns|fields total, product", str(caught.value))
    if chosen is None:
        return
    scored = score_dataset(load_model(chosen[0], **chosen[1]), data, task="regression")
    made = answers(scored)[PREDICTION].to_numpy()
    assert np.corrcoef(made, frame["y"])[0, 1] > 0.9
    assert scored.schema.scores == ()


@pytest.mark.parametrize(
    ("rows_before", "kept", "rows_after"),
    [(100, 100, 300 + PROBE_ROWS), (300, 200, 200 + PROBE_ROWS), (520, 320, 80)],
    ids=["in the first look", "in the second look", "in the run"],
)
def test_endpoint_that_goes_down_is_resumed(workshop, tmp_path, rows_before, kept, rows_after):
    adapter, seen, most = ADAPTERS["endpoint"], [], [rows_before]

    def fragile(asked):
        if len(seen) >= most[0]:
            return Said("overloaded", status=503, media="text/plain")
        seen.extend(asked.json["instances"])
        return respond(asked)

    options = {"retries": 0, "batch_rows": 20, "concurrency": 1}
    given = {"classes": ("no", "yes"), "features": FEATURES, "options": options}
    store, data = PredictionStore(tmp_path), dataset(table(n_rows=400), adapter)
    timings: list[PredictionTiming] = []
    with serve(fragile) as server:
        with pytest.raises(ModelError, match="503") as caught:
            score_dataset(load_model(server.url, **given), data, store=store, batch_rows=100)
        assert f"answers for {kept} of 400 rows are kept" in str(caught.value)
        before, most[0] = len(seen), 10**9
        resumed = score_dataset(
            load_model(server.url, **given), data, store=store, timed=timings.append
        )
    assert timings[0].from_cache == kept
    assert len(seen) - before == rows_after
    assert "predictions_resumed" in rules(resumed)
    whole = answers(score_dataset(workshop.load(adapter), data))
    np.testing.assert_allclose(answers(resumed)[SCORE], whole[SCORE])
