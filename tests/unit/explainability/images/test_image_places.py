"""Functions and addresses that are asked about batches of images."""

from io import BytesIO

import numpy as np
import pytest

from assay.errors import InputError, MissingExtraError, ModelError
from assay.explainability.images.clarify import clarify_pictures, clarify_record
from assay.explainability.images.explain import explain_image
from assay.explainability.images.places import ImageRequests, encoded, find_image_model
from assay.explainability.images.segments import segment_image
from http_endpoints import Said, serve

pillow = pytest.importorskip("PIL.Image")
BATCH = np.random.default_rng(0).integers(0, 256, (5, 20, 30, 3)).astype(np.uint8)


@pytest.mark.parametrize("media", ["image/png", "application/x-npy", "image/jpeg"])
def test_what_is_sent_is_the_image(media):
    held = BytesIO(encoded(BATCH[0], media))
    found = np.load(held) if media.endswith("npy") else np.array(pillow.open(held))
    worst = np.abs(found.astype(int) - BATCH[0]).mean()
    assert worst < 5 if media == "image/jpeg" else worst == 0


def test_arrays_go_together_up_to_the_size_of_a_request():
    sizes = []

    def answer(asked):
        images = np.load(BytesIO(asked.body))
        sizes.append(len(images))
        return {"predictions": images.mean(axis=(1, 2, 3)).tolist()}

    with serve(answer) as server:
        told = ImageRequests(content_type="application/x-npy")
        for megabytes in (5, 0.004):
            ask = find_image_model(server.url, told, options={"max_request_mb": megabytes})
            np.testing.assert_allclose(ask(BATCH), BATCH.mean(axis=(1, 2, 3)))
    assert sizes[0] == 5
    assert sorted(sizes[1:]) == [1, 2, 2]


def test_scores_lie_where_they_are_said_to_be():
    with serve(lambda asked: {"x": {"y": [[1, 2]]}}) as server:
        ask = find_image_model(server.url, ImageRequests(probability="x.y"))
        assert ask(BATCH[:2]) == [[1, 2]] * 2
    with serve(lambda asked: {"label": "cat"}) as server:
        ask = find_image_model(server.url, options={"retries": 0})
        assert ask(BATCH[:1]) == ["cat"]  # refused where scores are read


def test_an_address_that_fails_is_named():
    with serve(lambda asked: Said("<html>", media="text/html")) as server:
        ask = find_image_model(server.url, options={"retries": 0})
        with pytest.raises(ModelError, match="a page of HTML"):
            ask(BATCH[:1])
    ask = find_image_model(server.url, options={"retries": 0, "connect_timeout": 1})
    with pytest.raises(ModelError, match="cannot be reached"):
        ask(BATCH[:1])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 3", "returned int; it must return one answer"),
        ("return [1]", "returned 1 answers for 5 images"),
        ("raise KeyError('no')", "KeyError"),
    ],
)
def test_functions_answer_once_an_image(tmp_path, monkeypatch, body, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cats.py").write_text(f"def scores(batch):\n    {body}\n", encoding="utf-8")
    with pytest.raises(ModelError, match=words):
        find_image_model("cats.py:scores")(BATCH)


def test_what_is_no_model_of_images_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cats.py").write_text("class Net: pass\nnumber = 3\n", encoding="utf-8")
    (tmp_path / "m.bin").write_bytes(b"xyz")
    for place in ("cats.py:Net", "cats.py:number"):
        with pytest.raises(InputError, match="is no function"):
            find_image_model(place)
    for place in ("m.bin", "command:cat"):
        with pytest.raises(InputError, match="cannot be asked about images"):
            find_image_model(str(place))


def test_without_pillow_images_cannot_be_sent(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(MissingExtraError, match=r"assay\[images\]"):
        find_image_model("https://localhost/x")
    find_image_model("https://localhost/x", ImageRequests(content_type="application/x-npy"))


def test_large_images_are_drawn_smaller_and_runs_give_every_pixel():
    image = np.zeros((30, 5000), dtype=np.uint8)
    image[:, 2500:] = 200
    made = explain_image(
        lambda batch: batch.mean(axis=(1, 2)), image, segments="grid", n_segments=4, fill="zero",
        classes=["a"],
    )  # fmt: skip
    files = clarify_pictures(made, "wide.png", outputs=["a"])
    assert pillow.open(BytesIO(files["shap_wide_a.jpeg"])).size == (1667, 10)
    assert clarify_pictures(made, "wide.png", outputs=[]) == {}
    assert made.pictures(largest_side=640)[0].shape[1] == 625
    told = clarify_record(made, "wide.png")["segments"]
    ids, lengths = np.array(told["runs"]).T
    np.testing.assert_array_equal(np.repeat(ids, lengths).reshape(30, 5000), made.segments)
    assert made.to_dict(pixels=False)["segments"] is None


def test_superpixels_of_large_images_are_found_on_fewer_pixels():
    pytest.importorskip("skimage")
    image = np.zeros((1500, 2201, 3), dtype=np.uint8)
    image[:, 1200:] = (200, 30, 30)
    labels, _ = segment_image(image, "slic", n_segments=4, compactness=10)
    assert labels.shape == (1500, 2201)
    assert 2 <= labels.max() + 1 <= 8
    assert not {*np.unique(labels[:, :1198])} & {*np.unique(labels[:, 1203:])}
