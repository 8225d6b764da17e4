import sys

import numpy as np
import pytest
import torch
from torch import nn

from assay.explainability.gradients import gradient_values
from assay.explainability.scores import Scores
from assay.models.native import Native, native_of
from assay.models.wrap import as_predictor

EACH = [(0,), (1,), (2,)]


@pytest.fixture
def rng():
    return np.random.default_rng(3)


class Formula(nn.Module):
    """A module of any function of a matrix."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, rows):
        return self.function(rows)


def explained(module, rows, background, *, weights=None, ask=None, players=EACH, **told):
    module = module.double()

    def asked(given):
        with torch.no_grad():
            return module(torch.from_numpy(given)).reshape(len(given), -1).numpy()

    ask = ask or asked
    width = np.asarray(ask(rows)).reshape(len(rows), -1).shape[1]
    weights = np.full(len(background), 1 / len(background)) if weights is None else weights
    native = Native(model=module, ready=torch.from_numpy)
    link = told.pop("link", "identity")
    scores = Scores(ask, tuple(map(str, range(width))), link=link)
    return gradient_values(native, rows, background, weights, players, scores, **told)


def net(n_in=3, n_out=1):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(n_in, 16), nn.Tanh(), nn.Linear(16, 16), nn.ReLU(),
                         nn.Linear(16, n_out))  # fmt: skip


def test_a_linear_module_has_the_closed_form(rng):
    rows, background = rng.normal(size=(6, 3)), rng.normal(size=(8, 3))
    weights = rng.dirichlet(np.ones(8))
    module = nn.Linear(3, 1)
    found = explained(module, rows, background, weights=weights)
    slopes = module.weight.detach().numpy().ravel()
    wanted = slopes * (rows - weights @ background)
    np.testing.assert_allclose(found.values[:, :, 0], wanted, atol=1e-12)
    assert found.value_function == "gradients"
    assert "not Shapley values" in found.method
    assert not found.exact


def test_a_cube_is_not_shared_as_by_shapley():
    # f = x²y: the line from 0 gives 2/3 and 1/3, all orders give 1/2 each.
    rows, background = np.array([[1.0, 1.0]]), np.zeros((1, 2))
    module = Formula(lambda x: (x[:, 0] ** 2 * x[:, 1])[:, None])
    found = explained(module, rows, background, players=[(0,), (1,)])
    np.testing.assert_allclose(found.values.ravel(), [2 / 3, 1 / 3], atol=1e-12)


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_values_add_up_for_every_output(n_outputs, rng):
    rows, background = rng.normal(size=(7, 3)), rng.normal(size=(9, 3))
    found = explained(net(n_out=n_outputs), rows, background)
    assert found.values.shape == (7, 3, n_outputs)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), found.predictions)
    assert found.additivity_error < 0.01 * np.ptp(found.predictions)


def test_groups_are_summed(rng):
    rows, background = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    each = explained(net(), rows, background)
    some = explained(net(), rows, background, players=[(0, 2), (1,)])
    np.testing.assert_allclose(some.values[:, 0], each.values[:, 0] + each.values[:, 2], rtol=1e-2)


def test_points_are_doubled_until_the_gap_is_small(monkeypatch):
    # A steep step between 0 and 1: 32 points miss its width.
    module = Formula(lambda x: torch.sigmoid(150 * (x.sum(dim=1, keepdim=True) - 1.237)))
    rows, background = np.ones((1, 3)), np.zeros((2, 3))
    used = []
    from assay.explainability import gradients

    real = gradients.integrated

    def counting(*given):
        used.append(given[-1])
        return real(*given)

    monkeypatch.setattr(gradients, "integrated", counting)
    found = explained(module, rows, background)
    assert used[0] == 32
    assert used == [32 * 2**place for place in range(len(used))]
    assert len(used) > 1
    np.testing.assert_allclose(found.values.sum(), 1.0, atol=1e-9)
    assert found.errors[0] <= 0.01


def test_a_jump_is_spread_and_told():
    module = Formula(lambda x: (x.sum(dim=1, keepdim=True) > 1.5).double() + 0.0 * x[:, :1])
    found = explained(module, np.ones((1, 3)), np.zeros((2, 3)))
    np.testing.assert_allclose(found.values.ravel(), 1 / 3)
    assert found.additivity_error == 1.0
    assert "add up only to 100.0%" in found.notes[0]


@pytest.mark.parametrize("link", ["identity", "logit_then_mean"])
def test_probabilities_and_log_odds_of_logits(link, rng):
    rows, background = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    module = net()

    def ask(given):
        with torch.no_grad():
            return torch.sigmoid(module(torch.from_numpy(given))).numpy()

    found = explained(module, rows, background, ask=ask, link=link)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), found.predictions)
    if link == "logit_then_mean":
        plain = explained(module, rows, background)
        np.testing.assert_allclose(found.values, plain.values, rtol=1e-6, atol=1e-9)
    else:
        assert ((found.predictions > 0) & (found.predictions < 1)).all()


def test_a_wrapped_module_is_explained(rng):
    rows = rng.normal(size=(5, 3)).astype(np.float32)
    module = net().train()
    predictor = as_predictor(module, output="number")

    def ask(given):
        return predictor.predict_rows(given).values

    scores = Scores(ask, ("y",))
    weights = np.full(5, 0.2)
    found = gradient_values(native_of(predictor), rows, rows[::-1], weights, EACH, scores)
    np.testing.assert_allclose(found.predictions[:, 0], ask(rows), rtol=1e-6)
    assert module.training


def test_embedded_codes_are_explained_at_the_embedding():
    class Codes(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(5, 4)
            self.last = nn.Linear(12, 1)

        def forward(self, codes):
            return self.last(self.table(codes).flatten(1))

    torch.manual_seed(0)
    module = Codes()
    rows, background = np.array([[0, 1, 2], [4, 4, 4]]), np.array([[3, 3, 3], [1, 1, 2]])
    found = explained(module, rows, background, embedding=module.table)
    vectors = module.table.weight.detach().numpy()
    slopes = module.last.weight.detach().numpy().reshape(3, 4)
    moved = vectors[rows] - vectors[background].mean(axis=0)
    np.testing.assert_allclose(found.values[..., 0], (moved * slopes).sum(axis=2), atol=1e-12)
    assert "whole numbers" in explained(module, rows, background)


def test_many_background_rows_are_drawn(rng):
    rows, background = rng.normal(size=(3, 3)), rng.normal(size=(400, 3))
    found = explained(net(), rows, background)
    assert found.notes == ("50 of 400 background rows were drawn",)
    again = explained(net(), rows, background)
    np.testing.assert_array_equal(found.values, again.values)


def test_deeplift_agrees_with_integrated_gradients_on_one_line(rng):
    # One unit after a sum: both give the slope of the chord, shared as the inputs moved.
    pytest.importorskip("captum")
    module = nn.Sequential(nn.Linear(3, 1), nn.Tanh())
    rows, background = rng.normal(size=(3, 3)), rng.normal(size=(4, 3))
    by = explained(module, rows, background, way="DeepLIFT")
    line = explained(module, rows, background)
    np.testing.assert_allclose(by.values, line.values, atol=1e-5)
    assert by.method.startswith("DeepLIFT")


def test_deeplift_refuses_what_it_cannot_follow(rng):
    pytest.importorskip("captum")
    rows, background = rng.normal(size=(3, 3)), rng.normal(size=(4, 3))
    place = nn.Sequential(nn.Linear(3, 2), nn.ReLU(inplace=True), nn.Linear(2, 1))
    assert "work in place: 1" in explained(place, rows, background, way="DeepLIFT")
    shared = nn.ReLU()
    again = nn.Sequential(nn.Linear(3, 3), shared, nn.Linear(3, 3), shared, nn.Linear(3, 1))
    assert "several times: 1" in explained(again, rows, background, way="DeepLIFT")
    hidden = Formula(lambda x: torch.exp(x.sum(dim=1, keepdim=True)))
    assert "adds up only to" in explained(hidden, rows, background, way="DeepLIFT")


def test_deeplift_needs_captum(rng, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    rows = rng.normal(size=(3, 3))
    assert "pip install captum" in explained(net(), rows, rows, way="DeepLIFT")


def test_other_models_and_scores_are_refused(rng):
    rows = rng.normal(size=(3, 3))
    scores = Scores(lambda given: given[:, 0], ("a",))
    weights = np.full(3, 1 / 3)
    assert "need a torch module" in gradient_values(None, rows, rows, weights, EACH, scores)
    other = explained(net(), rows, rows, ask=lambda given: given.sum(axis=1) ** 7)
    assert "could not be found" in other
    assert "logit_then_mean" in explained(net(), rows, rows, link="mean_then_logit")
    assert "exactly one player" in explained(net(), rows, rows, players=[(0,), (1,)])
