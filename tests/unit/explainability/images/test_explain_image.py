"""Explained images against the definition, the pictures, and odd input."""

import json
from io import BytesIO

import numpy as np
import pytest

from assay.errors import InputError, MissingExtraError, ModelError
from assay.explainability.images.clarify import clarify_pictures, clarify_record
from assay.explainability.images.explain import explain_detections, explain_image
from assay.explainability.images.fills import fill_of
from assay.explainability.images.png import png_bytes
from assay.explainability.images.reading import read_image
from assay.explainability.images.segments import grid_segments, segment_image
from orders_of_players import shapley

RNG = np.random.default_rng(0)
WEIGHTS = RNG.normal(size=(12, 16, 3))
COLOUR = RNG.integers(0, 256, (12, 16, 3)).astype(np.uint8)


def model(batch):
    """Two scores with products between places, so that segments work together."""
    flat = (batch / 255.0) * WEIGHTS[: batch.shape[1]]
    a, b = flat[:, :6].sum(axis=(1, 2, 3)), flat[:, 6:].sum(axis=(1, 2, 3))
    return np.column_stack([np.tanh(a) * b, a + np.sin(b)])


@pytest.mark.parametrize("fill", ["blurred", "mean", "zero", "noise"])
def test_exact_against_all_orders(fill):
    made = explain_image(model, COLOUR, segments="grid", n_segments=6, fill=fill)
    filled, labels = fill_of(COLOUR, fill), made.segments

    def value(on):
        kept = np.isin(labels, list(on))[..., None]
        return model(np.where(kept, COLOUR, filled)[None])[0]

    assert made.n_segments == 6
    assert made.exact
    np.testing.assert_allclose(made.values, shapley(value, 6), atol=1e-8)
    np.testing.assert_allclose(made.prediction, model(COLOUR[None])[0])
    np.testing.assert_allclose(made.base, model(filled[None])[0])
    assert made.additivity_error < 1e-9


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_channels_first_and_last_are_the_same(dtype):
    image = COLOUR.astype(dtype)
    seen = []

    def first(batch):
        seen.append((batch.dtype, batch.shape[1:]))
        return model(np.moveaxis(batch, 1, -1))

    last = explain_image(model, image, segments="grid", n_segments=4)
    made = explain_image(
        first, np.moveaxis(image, -1, 0), segments="grid", n_segments=4, channels="first"
    )
    np.testing.assert_allclose(made.values, last.values, atol=1e-9)
    assert set(seen) == {(np.dtype(dtype), (3, 12, 16))}
    np.testing.assert_array_equal(made.pictures()[0], last.pictures()[0])


def test_a_segment_equal_to_its_fill_gets_nothing():
    image = np.zeros((4, 4))
    image[:2, :2] = 3.0
    made = explain_image(
        lambda batch: batch.sum(axis=(1, 2)), image, segments="grid", n_segments=4, fill="zero"
    )
    assert made.values.ravel().tolist() == [12.0, 0.0, 0.0, 0.0]
    assert not made.findings
    empty = explain_image(lambda batch: batch.sum(axis=(1, 2)), image * 0, fill="zero")
    assert [each.rule for each in empty.findings] == ["image_score_constant"]
    json.dumps(empty.to_dict(), allow_nan=False)


def test_many_segments_are_estimated_with_errors():
    made = explain_image(model, COLOUR, segments="grid", n_segments=24, calls=200, tolerance=None)
    again = explain_image(
        model, COLOUR, segments="grid", n_segments=24, calls=200, tolerance=None, batch_rows=7
    )
    np.testing.assert_allclose(made.values, again.values, atol=1e-12)
    assert (made.standard_errors > 0).any()
    assert made.additivity_error < 1e-9


def test_fills():
    grey = np.tile(np.arange(20, dtype=np.uint8), (20, 1))
    assert fill_of(grey, "mean").tolist() == np.full((20, 20), 10).tolist()
    assert fill_of(grey, "blurred").std() < grey.std()
    assert fill_of(grey, "noise", seed=1).max() > 200
    np.testing.assert_array_equal(fill_of(grey, "noise", seed=1), fill_of(grey, "noise", seed=1))
    assert (
        fill_of(COLOUR, np.full((3, 4), 7, dtype=np.uint8)).tolist()
        == np.full_like(COLOUR, 7).tolist()
    )
    # Colours do not run into each other.
    red = np.zeros((20, 20, 3))
    red[..., 0] = 1.0
    np.testing.assert_allclose(fill_of(red, "blurred"), red)
    with pytest.raises(InputError, match="unknown fill 'black'"):
        fill_of(grey, "black")
    with pytest.raises(InputError, match="the fill has shape"):
        fill_of(grey, COLOUR)


def test_superpixels_follow_the_image():
    pytest.importorskip("skimage")
    image = np.zeros((40, 40, 3), dtype=np.uint8)
    image[:, 17:] = 200
    labels, kind = segment_image(image, "slic")
    assert kind == "slic"
    assert np.unique(labels).tolist() == [*range(labels.max() + 1)]
    assert not {*labels[:, :17].ravel()} & {*labels[:, 17:].ravel()}
    grey, _ = segment_image(image[..., 0].astype(float), "auto")
    assert not {*grey[:, :17].ravel()} & {*grey[:, 17:].ravel()}
    np.testing.assert_array_equal(
        segment_image(np.moveaxis(image, -1, 0), "slic", channels="first")[0], labels
    )


def test_superpixels_of_noise_are_not_one():
    pytest.importorskip("skimage")
    noise = np.random.default_rng(0).random((64, 64, 3))
    assert segment_image(noise, "slic")[0].max() + 1 < 10
    assert segment_image(noise, "auto")[0].max() + 1 >= 10


def test_rectangles_without_scikit_image(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "skimage.segmentation", None)
    labels, kind = segment_image(COLOUR)
    assert kind == "grid"
    assert labels.max() + 1 in range(16, 26)
    with pytest.raises(MissingExtraError, match=r"assay\[images\]"):
        segment_image(COLOUR, "slic")


@pytest.mark.parametrize(
    ("height", "width", "n"), [(1, 1, 20), (1, 50, 20), (7, 5, 1), (9, 9, 20)]
)
def test_rectangles_have_no_gaps(height, width, n):
    labels = grid_segments(height, width, n)
    assert np.unique(labels).tolist() == [*range(labels.max() + 1)]


def test_given_segments_are_renumbered():
    labels, kind = segment_image(np.zeros((1, 3)), np.array([[9, 2, 9]]))
    assert (labels.tolist(), kind) == ([[1, 0, 1]], "given")
    with pytest.raises(InputError, match=r"whole numbers of shape \(1, 3\)"):
        segment_image(np.zeros((1, 3)), np.zeros((2, 3), dtype=int))


def detector(batch):
    """Find bright objects of class 1 in the left and the right half, and shy ones of class 0."""
    made = []
    for image in batch:
        left, right = image[:, :8].mean() / 255, image[:, 8:].mean() / 255
        made.append([[1, left, 0, 0, 0.5, 1], [1, right, 0.5, 0, 1, 1], [0, 0.2, 0, 0, 1, 1]])
    return made


def test_boxes_of_a_detector():
    image = np.full((8, 16), 240, dtype=np.uint8)
    image[:, 8:] = 200
    told = {"segments": "grid", "n_segments": 8, "fill": "zero", "min_score": 0.1}
    made = explain_detections(detector, image, labels=["shy", "bright"], **told)
    assert made.outputs == ("bright (box 1)", "bright (box 2)", "shy (box 3)")
    left = made.segments[:, :8].ravel()
    # Only segments of its own half matter to a box; below 0.1 it is not found.
    outside = [s for s in range(made.n_segments) if s not in left]
    np.testing.assert_allclose(made.values[outside, 0], 0, atol=1e-9)
    np.testing.assert_allclose(made.values[:, 0].sum(), 240 / 255)
    np.testing.assert_allclose(made.values[:, 2], 0, atol=1e-12)
    alone = explain_detections(detector, image, labels=["shy", "bright"], context=0.0, **told)
    np.testing.assert_allclose(alone.values[:, :2], made.values[:, :2], atol=1e-9)
    assert alone.boxes == made.boxes
    assert explain_detections(detector, image, max_objects=1, **told).outputs == (
        "class 1 (box 1)",
    )


def test_nothing_is_found():
    made = explain_detections(lambda batch: [[] for _ in batch], COLOUR)
    assert made.outputs == ()
    assert [each.rule for each in made.findings] == ["no_object_found"]
    json.dumps(made.to_dict(), allow_nan=False)
    assert "Nothing was found" in made._repr_html_()
    assert made.to_frame().height == 0
    with pytest.raises(InputError, match="nothing was found"):
        made.heat_map()


def test_bad_answers_of_a_detector():
    with pytest.raises(ModelError, match="six numbers"):
        explain_detections(lambda batch: [[[1, 0.5]] for _ in batch], COLOUR)
    with pytest.raises(ModelError, match="2 lists of objects for 1 images"):
        explain_detections(lambda batch: [[], []], COLOUR)
    with pytest.raises(InputError, match="context must lie in"):
        explain_detections(detector, COLOUR, context=1.5)


def test_pictures_and_files(tmp_path):
    image_of = pytest.importorskip("PIL.Image")
    made = explain_image(model, COLOUR, segments="grid", n_segments=6, classes=["cat", "a/b"])
    path = made.save(tmp_path / "out.png", output="a/b")
    opened = np.array(image_of.open(path))
    plain, drawn = made.pictures("a/b")
    np.testing.assert_array_equal(opened[:, : plain.shape[1]], plain)
    np.testing.assert_array_equal(opened[:, -drawn.shape[1] :], drawn)
    best, worst = np.argmax(made.values[:, 1]), np.argmin(made.values[:, 1])
    times = drawn.shape[0] // 12
    big = made.segments.repeat(times, axis=0).repeat(times, axis=1)
    assert made.values[worst, 1] < 0 < made.values[best, 1]
    # Blue raises, vermillion lowers.
    assert drawn[big == best][:, 2].mean() > drawn[big == best][:, 0].mean()
    assert drawn[big == worst][:, 0].mean() > drawn[big == worst][:, 2].mean()
    files = clarify_pictures(made, "folder/p.1.png")
    assert [*files] == ["shap_p.1_cat.jpeg", "shap_p.1_a_b.jpeg"]
    assert image_of.open(BytesIO(files["shap_p.1_cat.jpeg"])).size == drawn.shape[1::-1]
    record = clarify_record(made, "p.1.png")
    assert record["explanations"][0]["expected_value"] == pytest.approx(made.base[0])
    json.dumps(record, allow_nan=False)
    with pytest.raises(InputError, match=r"name it out\.png"):
        made.save(tmp_path / "out.jpg")
    boxed = explain_detections(detector, np.full((8, 16), 240, np.uint8), max_objects=1)
    assert [*clarify_pictures(boxed, "p.png")] == ["shap_p_box0_object.jpeg", "p_objects.jpeg"]


def test_pages_and_tables():
    made = explain_image(model, COLOUR, segments="grid", n_segments=6, classes=["<cat>", "dog"])
    html = made.to_html("<cat>")
    assert "&lt;cat&gt;" in html
    assert "<cat>" not in html
    assert html.count("data:image/png;base64,") == 2
    frame = made.to_frame()
    assert frame.height == 12
    assert frame["pixels"].sum() == 2 * 12 * 16
    np.testing.assert_allclose(made.heat_map("dog")[0, 0], made.values[made.segments[0, 0], 1])
    json.dumps(made.to_dict(), allow_nan=False)
    made.plot(output="dog")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", b"no image"), ("a.jpg", b""), ("b.npy", b"\x93NUMPY"), ("c.txt", b"words")],
)
def test_files_that_are_no_images(tmp_path, name, content):
    pytest.importorskip("PIL")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"image not decodable: .*{name}"):
        read_image(tmp_path / name)


def test_a_cut_file_is_not_decodable(tmp_path):
    pytest.importorskip("PIL")
    whole = png_bytes(RNG.integers(0, 255, (30, 30, 3)).astype(np.uint8))
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="image not decodable"):
        explain_image(model, tmp_path / "cut.png")


def test_image_files(tmp_path):
    image_of = pytest.importorskip("PIL.Image")
    (tmp_path / "a.png").write_bytes(png_bytes(COLOUR))
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), COLOUR)
    image_of.fromarray(COLOUR[..., 0]).save(tmp_path / "grey.jpg")
    assert read_image(tmp_path / "grey.jpg").shape == (12, 16)
    image_of.new("RGBA", (2, 2), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read_image(tmp_path / "clear.png").tolist() == [[[255] * 3] * 2] * 2
    np.save(tmp_path / "b.npy", COLOUR.astype(float))
    assert read_image(tmp_path / "b.npy").dtype == float
    np.save(tmp_path / "c.npy", np.array([[np.nan]]))
    with pytest.raises(InputError, match="1 values that are not finite"):
        read_image(tmp_path / "c.npy")
    with pytest.raises(InputError, match="there is no image file"):
        read_image(tmp_path / "d.png")
    with pytest.raises(InputError, match="must be numbers of shape"):
        explain_image(model, np.zeros(4))
    with pytest.raises(InputError, match="channels are 'last' or 'first'"):
        explain_image(model, COLOUR, channels="middle")


def test_torch_modules():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 2, 3), torch.nn.Flatten(), torch.nn.Linear(280, 2)
    )
    image = np.moveaxis(COLOUR, -1, 0)
    made = explain_image(net, image, channels="first", segments="grid", n_segments=4, fill="zero")
    alone = [np.where(made.segments == place, image, 0) for place in range(4)]
    with torch.inference_mode():
        scores = net(torch.tensor(np.array([*alone, image * 0]), dtype=torch.float32)).numpy()
    # The network is linear: each segment adds what it adds alone.
    np.testing.assert_allclose(made.values, scores[:4] - scores[4], atol=1e-3)
    assert net.training
