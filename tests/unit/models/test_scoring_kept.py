"""Scoring with a store: what is kept is not asked again, whatever stopped the run before."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import ModelError
from assay.models.kept.key import make_key
from assay.models.kept.store import PredictionStore
from assay.models.predictor import ModelInfo, PartialAnswerError, Prediction, ServiceError
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import PROBE_ROWS, layout_of, score_dataset
from assay.models.wrap import as_predictor

N = 1_000
X = np.linspace(0, 1, N)
FRAME = pl.DataFrame({"x": X, "y": np.where(X > 0.5, "yes", "no")})


@pytest.fixture
def store(tmp_path) -> PredictionStore:
    return PredictionStore(tmp_path / "predictions")


def data(frame=FRAME) -> Dataset:
    return Dataset.read(frame, label="y", positive="yes")


def with_content(function, digest="00" * 16, **about):
    model = as_predictor(function)
    return replace(model, info=replace(model.info, digest=digest, **about))


def probability(rows):
    return np.asarray(rows["x"])


def made(scored: Dataset) -> pl.DataFrame:
    return scored.frame.collect().to_polars()


def rules(scored: Dataset) -> list[str]:
    return [finding.rule for finding in scored.notes]


class Endpoint:
    """Answers from elsewhere: rows in, probabilities out; fails as it is told."""

    def __init__(self, *, version=None, fail_at=None, error=ServiceError, batch_rows=100):
        self.info = ModelInfo(
            name="endpoint",
            container="polars",
            classes=("no", "yes"),
            score_kind="probability",
            address="http://localhost:1/score",
            version=version,
            batch_rows=batch_rows,
        )
        self.calls, self.asked = 0, 0
        self.fail_at, self.error = fail_at, error

    def answer(self, batch):
        x = batch["x"].to_numpy()
        return Prediction(probabilities=np.column_stack([1 - x, x]), classes=self.info.classes)

    def predict(self, batch):
        self.calls += 1
        x = batch["x"].to_numpy()
        if self.fail_at is not None and X[self.fail_at] in x:
            done = int(np.searchsorted(x, X[self.fail_at]))
            if self.error is PartialAnswerError:
                part = self.answer(batch.head(done))
                self.asked += done
                raise PartialAnswerError("answer 503", done=part, n_done=done)
            raise self.error("answer 503")
        self.asked += len(x)
        return self.answer(batch)


def test_second_run_does_not_call_the_model(store):
    first, second = with_content(probability), with_content(probability)
    before = score_dataset(first, data(), store=store)
    after = score_dataset(second, data(), store=store)
    assert first.calls > 0
    assert second.calls == 0
    assert made(before).equals(made(after))
    assert before.classes == after.classes
    assert before.schema == after.schema


@pytest.mark.parametrize("frame", [FRAME, FRAME.to_pandas()])
def test_what_changes_the_answer_is_asked_anew(store, frame, tmp_path):
    score_dataset(with_content(probability), data(frame), store=store)
    for model, table in [
        (with_content(probability, digest="01" * 16), data(frame)),
        (with_content(probability, settings="output=2"), data(frame)),
        (with_content(probability, container="polars"), data(frame)),
        (with_content(probability), data(FRAME.with_columns(x=pl.col("x") / 2))),
        (with_content(probability), data(FRAME.reverse())),
        (with_content(probability), data(FRAME.with_columns(pl.col("x").cast(pl.Float32)))),
    ]:
        score_dataset(model, table, store=store)
        assert model.calls > 0
    again = with_content(probability)
    score_dataset(again, data(frame), store=store)
    assert again.calls == 0


def test_same_rows_from_elsewhere_look_otherwise_to_a_model(store, tmp_path):
    frame = FRAME.with_columns(n=pl.int_range(N))
    frame.write_parquet(tmp_path / "t.parquet")
    first, second = with_content(probability), with_content(probability)
    score_dataset(first, data(frame), store=store)
    category = frame.to_pandas().assign(n=lambda f: f["n"].astype("category"))
    score_dataset(second, data(category), store=store)
    assert second.calls > 0


def test_object_of_this_process_is_never_kept(store):
    model = as_predictor(probability)
    score_dataset(model, data(), store=store)
    assert not store.folder.exists()
    assert rules(score_dataset(model, data(), store=store)) == []


def test_rows_of_the_caller_are_never_kept(store):
    score_dataset(with_content(probability), data(), rows=FRAME.select("x"), store=store)
    assert not store.folder.exists()


def test_pandas_index_of_the_callers_own_is_never_kept(store):
    frame = FRAME.to_pandas().set_index(pd.Index(range(5, N + 5)).astype(str))
    score_dataset(with_content(probability), data(frame), store=store)
    assert not store.folder.exists()


def test_second_report_says_the_same(store):
    rng = np.random.default_rng(0)

    def function(rows):
        warnings.warn("old format", UserWarning, stacklevel=1)
        return rng.uniform(size=len(rows))

    before = score_dataset(with_content(function), data(), store=store, batch_rows=300)
    after = score_dataset(with_content(function), data(), store=store, batch_rows=300)
    assert rules(before) == ["model_not_deterministic", "model_warnings"]
    assert [n.to_dict() for n in before.notes] == [n.to_dict() for n in after.notes]
    assert made(before).equals(made(after))


def test_other_positive_class_is_read_from_the_same_answers(store):
    labels = with_content(lambda rows: np.where(rows["x"] > 0.5, "yes", "no"))
    score_dataset(labels, data(), store=store)
    again = with_content(lambda rows: np.where(rows["x"] > 0.5, "yes", "no"))
    turned = score_dataset(again, data(), positive="no", label_map={"no": "no"}, store=store)
    assert again.calls == 0
    assert made(turned)[PREDICTION].to_list() == FRAME["y"].to_list()


@pytest.mark.parametrize("error", [ServiceError, PartialAnswerError, KeyboardInterrupt])
@pytest.mark.parametrize("fail_at", [0, 1, 150, 199, 200, 523, N - 1])
def test_run_goes_on_where_it_stopped(store, error, fail_at):
    broken = Endpoint(fail_at=fail_at, error=error)
    expected = KeyboardInterrupt if error is KeyboardInterrupt else ModelError
    with pytest.raises(expected) as caught:
        score_dataset(broken, data(), store=store)
    sound, fresh = Endpoint(), Endpoint()
    resumed = score_dataset(sound, data(), store=store)
    whole = score_dataset(fresh, data())
    assert made(resumed).equals(made(whole))
    kept = 0
    if fail_at >= PROBE_ROWS:
        kept = fail_at if error is PartialAnswerError else fail_at // 100 * 100
        assert sound.asked == N - kept
    elif error is PartialAnswerError and fail_at:
        kept = fail_at
        assert sound.asked == N - kept + PROBE_ROWS  # the second look is still to come
    if kept:
        assert rules(resumed) == ["predictions_resumed"]
        assert f"{kept:,} of 1,000 rows" in resumed.notes[0].message
        if error is not KeyboardInterrupt:
            assert str(caught.value).endswith(
                f"the model's answers for {kept:,} of 1,000 rows are kept, and running the same "
                "command again goes on from there"
            )
    else:
        assert rules(resumed) == []
        assert "are kept" not in str(caught.value)


def test_service_is_not_asked_in_vain(store):
    broken = Endpoint(fail_at=523)
    with pytest.raises(ServiceError, match=r"answer 503 \(asked about rows 501 to 600 of"):
        score_dataset(broken, data(), store=store)
    assert broken.calls == 1 + 2 + 3 + 1  # the first looks, 300 rows, and the one that failed


def test_partial_answer_names_the_rows_without_one(store):
    broken = Endpoint(fail_at=523, error=PartialAnswerError)
    with pytest.raises(ModelError, match=r"failed on rows 524 to 600 of .*: answer 503") as caught:
        score_dataset(broken, data(), store=store)
    assert caught.value.exit_status == 3


def test_complete_answers_of_an_endpoint_are_asked_anew(store):
    score_dataset(Endpoint(), data(), store=store)
    again = Endpoint()
    scored = score_dataset(again, data(), store=store)
    assert again.asked == N + PROBE_ROWS
    assert rules(scored) == []


def test_named_version_of_an_endpoint_is_asked_once(store):
    score_dataset(Endpoint(version="7"), data(), store=store)
    again = Endpoint(version="7")
    assert rules(score_dataset(again, data(), store=store)) == ["predictions_resumed"]
    assert again.calls == 0
    other = Endpoint(version="8")
    score_dataset(other, data(), store=store)
    assert other.calls > 0


@pytest.mark.parametrize("row", [0, 3, 250, 777, N - 1])
def test_answers_before_the_failing_row_are_kept(store, row):
    def fails(rows):
        if (rows["x"] == X[row]).any():
            raise ValueError("no")
        return probability(rows)

    with pytest.raises(ModelError, match=f"row {row + 1:,} of") as caught:
        score_dataset(with_content(fails), data(), store=store, batch_rows=400)
    assert caught.value.row == row
    seen = []

    def repaired(rows):
        seen.append(len(rows))
        return probability(rows)

    scored = score_dataset(with_content(repaired), data(), store=store, batch_rows=400)
    assert made(scored)[SCORE].to_list() == X.tolist()
    looked = 0 if row >= PROBE_ROWS else PROBE_ROWS - row + PROBE_ROWS
    assert sum(seen) == N - row + looked


def test_answers_that_cannot_be_read_are_not_kept(store):
    def strange(rows):
        return np.where(rows["x"] < 0.7, "no", "maybe")

    classes = ("no", "yes")
    first = int((X < 0.7).sum())
    with pytest.raises(ModelError, match=f"answers for {first} of 1,000 rows are kept"):
        score_dataset(with_content(strange, classes=classes), data(), store=store)
    model = with_content(lambda rows: np.where(rows["x"] < 0.7, "no", "yes"), classes=classes)
    scored = score_dataset(model, data(), store=store)
    assert made(scored)[PREDICTION].to_list() == ["no"] * first + ["yes"] * (N - first)


def test_damaged_answers_are_asked_for_again(store):
    score_dataset(with_content(probability), data(), store=store)
    for part in store.folder.rglob("*.arrow"):
        part.write_bytes(part.read_bytes()[:100])
    model = with_content(probability)
    scored = score_dataset(model, data(), store=store)
    assert model.calls > 0
    assert rules(scored) == ["kept_predictions_dropped"]
    assert made(scored)[SCORE].to_list() == X.tolist()
    last = with_content(probability)
    score_dataset(last, data(), store=store)
    assert last.calls == 0


@pytest.mark.parametrize("harmed", [0, 1])
def test_damage_is_made_good_where_the_model_reads_many_columns(store, harmed):
    frame = FRAME.with_columns(z=1 - pl.col("x"), id=pl.int_range(N)).select("id", "y", "z", "x")

    def product(rows):
        return np.asarray(rows["x"] * rows["z"])

    def fails(rows):
        if rows["id"].max() > 600:
            raise ValueError
        return product(rows)

    with pytest.raises(ModelError):
        score_dataset(with_content(fails), data(frame), store=store)
    score_dataset(with_content(product), data(frame), store=store)
    parts = sorted(store.folder.rglob("*.arrow"))
    assert len(parts) == 2
    parts[harmed].write_bytes(b"")
    scored = score_dataset(with_content(product), data(frame), store=store)
    assert rules(scored) == ["kept_predictions_dropped"]
    np.testing.assert_allclose(made(scored)[SCORE], X * (1 - X))


def test_timing_leaves_the_first_look_out():
    timings = []
    score_dataset(as_predictor(probability), data(), batch_rows=100, timed=timings.append)
    (timing,) = timings
    assert (timing.rows, timing.from_cache, timing.calls, timing.batches) == (N, 0, 10, 10)
    assert timing.cold_start_rows == PROBE_ROWS
    assert timing.ms_per_1000_rows_low <= timing.ms_per_1000_rows <= timing.ms_per_1000_rows_high
    assert timing.seconds > 0
    assert timing.reason is None


def test_cold_start_is_no_latency():
    import time

    calls = []

    def slow_first(rows):
        if not calls:
            time.sleep(0.3)
        calls.append(len(rows))
        return probability(rows)

    timings = []
    model = as_predictor(slow_first)
    score_dataset(model, data(), batch_rows=100, timed=timings.append)
    score_dataset(model, data(), batch_rows=100, timed=timings.append)
    assert timings[0].cold_start_seconds >= 0.3
    assert timings[0].seconds < 0.3
    assert timings[1].cold_start_seconds is None


def test_cold_start_of_a_resumed_run_is_no_latency(store):
    import time

    class Slow(Endpoint):
        def predict(self, batch):
            if not self.calls:
                time.sleep(0.3)
            return super().predict(batch)

    with pytest.raises(ServiceError):
        score_dataset(Endpoint(fail_at=523), data(), store=store)
    timings = []
    score_dataset(Slow(), data(), store=store, timed=timings.append)
    (timing,) = timings
    assert (timing.from_cache, timing.calls, timing.batches) == (500, 5, 4)
    assert timing.cold_start_seconds >= 0.3
    assert timing.cold_start_rows == 100
    assert timing.seconds < 0.3


def test_timing_of_kept_answers_is_that_of_their_run(store):
    timings = []
    for _ in range(2):
        score_dataset(with_content(probability), data(), store=store, timed=timings.append)
    first, second = timings
    assert second.from_cache == N
    assert (second.calls, second.seconds, second.cold_start_seconds) == (0, 0.0, None)
    assert second.ms_per_1000_rows == first.ms_per_1000_rows


def test_endpoint_that_answered_all_at_the_first_look_has_no_latency():
    timings = []
    model = Endpoint()
    score_dataset(model, data(FRAME.head(150).vstack(FRAME.tail(30))), timed=timings.append)
    assert model.asked == 2 * 180
    assert timings[0].ms_per_1000_rows is None
    assert "first calls" in timings[0].reason


def test_slow_model_is_asked_in_small_batches():
    import time

    seen = []

    def slow(rows):
        time.sleep(2e-4 * len(rows))
        seen.append(len(rows))
        return probability(rows)

    large = pl.concat([FRAME] * 5)
    score_dataset(as_predictor(slow), data(large))
    assert max(seen) == 65_536 // 16


def test_key_needs_an_identity():
    model = as_predictor(probability)
    assert make_key(model.info, data(), ("x",), layout_of(data())) is None
