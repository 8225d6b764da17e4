"""An analysis_config.json of images, run as it is."""

import json
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from assay.explainability.images.explain import explain_detections, explain_image
from assay.explainability.images.segments import segment_image
from http_endpoints import serve

pillow = pytest.importorskip("PIL.Image")
pytest.importorskip("skimage")

OUT = Path("assay-out")
LABELS = ["T-shirt/top", "Trouser", "Pullover"]
CLASSES = len(LABELS)
FUNCTION = """
import numpy as np

CENTRES = np.load("centres.npy")

def scores(batch):
    grey = batch[..., 0].reshape(len(batch), -1) / 255
    near = -((grey[:, None] - CENTRES) ** 2).sum(axis=2) / 20
    odds = np.exp(near - near.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)

def objects(batch):
    made = []
    for image in batch / 255.0:
        rows = []
        red, green = image[..., 0] - image[..., 1], image[..., 1] - image[..., 0]
        for kind, strength in enumerate((red, green)):
            on = strength > 0.5
            if on.any():
                down, across = np.nonzero(on)
                height, width = on.shape
                box = [across.min() / width, down.min() / height,
                       (across.max() + 1) / width, (down.max() + 1) / height]
                rows.append([kind, float(min(1.0, on.sum() / 80)), *map(float, box)])
        made.append(rows)
    return made
"""


def config(*, model_type: str = "IMAGE_CLASSIFICATION", **changes):
    image = {"model_type": model_type, **changes.pop("image", {})}
    predictor = {"endpoint_name": "clothes", "label_headers": LABELS}
    shap = {"image_config": image, "seed": 5, **changes.pop("shap", {})}
    return {
        "dataset_type": "application/x-image",
        "methods": {"shap": shap, **changes.pop("methods", {})},
        "predictor": {**predictor, **changes.pop("predictor", {})},
        **changes,
    }


def write(told: dict) -> None:
    Path("analysis_config.json").write_text(json.dumps(told), encoding="utf-8")


def picture(path: str, pixels: np.ndarray) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    pillow.fromarray(pixels).save(path)


def scene() -> np.ndarray:
    """A red square, and a smaller green one, on grey."""
    image = np.full((32, 48, 3), 90, dtype=np.uint8)
    image[6:16, 6:18] = (230, 30, 30)
    image[20:28, 32:42] = (30, 220, 40)
    return image


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    np.save("centres.npy", rng.random((CLASSES, 28 * 28)))
    Path("clothes.py").write_text(FUNCTION, encoding="utf-8")
    return tmp_path


@pytest.fixture
def clothes(folder, data_dir):
    """Real photos of clothes, and the mean of each class as a small fitted model."""
    with np.load(data_dir / "fashion_mnist_15k.npz") as data:
        x, y = data["x_train"][:3000], data["y_train"][:3000]
        shown, truth = data["x_test"][:40], data["y_test"][:40]
    centres = [x[y == each].reshape(-1, 28 * 28).mean(axis=0) / 255 for each in range(CLASSES)]
    np.save("centres.npy", np.array(centres))
    for place in np.flatnonzero(truth < CLASSES)[:2]:
        picture(f"images/{'more/' if place % 2 else ''}{place}.png", shown[place])
    return sorted(Path("images").rglob("*.png"))


def lines() -> list[dict]:
    path = OUT / "explanations_shap" / "images.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def results() -> dict:
    return json.loads((OUT / "results.json").read_text(encoding="utf-8"))["sections"]["images"]


def function(name: str):
    space: dict = {}
    exec(Path("clothes.py").read_text(encoding="utf-8"), space)
    return space[name]


def run(assay, *arguments, place: str = "clothes.py:scores", data: str = "images"):
    return assay(
        "analyze", "analysis_config.json", "--data", data, "--endpoint", f"clothes={place}",
        *arguments,
    )  # fmt: skip


def rgb(path: Path) -> np.ndarray:
    return np.repeat(np.array(pillow.open(path))[..., None], 3, axis=2)


def segments_of(record: dict) -> np.ndarray:
    told = record["segments"]
    ids, lengths = np.array(told["runs"]).T
    return np.repeat(ids, lengths).reshape(told["height"], told["width"])


def test_the_values_are_those_of_explain_image(clothes, assay) -> None:
    write(config(image={"num_segments": 8}))
    assert run(assay, "--quiet").status == 0
    for path, record, told in zip(clothes, lines(), results()["images"], strict=True):
        image = rgb(path)
        wanted = explain_image(
            function("scores"), image, classes=LABELS, fill="noise", seed=5, calls=4000,
            n_segments=8,
        )  # fmt: skip
        np.testing.assert_array_equal(segments_of(record), wanted.segments)
        values = [each["attributions"] for each in record["explanations"]]
        np.testing.assert_allclose(np.transpose(values), wanted.values, atol=1e-9)
        np.testing.assert_allclose(told["standard_errors"], wanted.standard_errors, atol=1e-9)
        assert [each["label"] for each in record["explanations"]] == LABELS
        total = np.array(told["base"]) + np.sum(told["values"], axis=0)
        np.testing.assert_allclose(total, function("scores")(image[None])[0], atol=1e-9)
        assert told["exact"]
        top = told["outputs"][int(np.argmax(told["prediction"]))]
        assert [*told["shown"]] == [top]
        assert len(told["pictures"]) == CLASSES
        for name in told["pictures"]:
            assert (OUT / name).read_bytes().startswith(b"\xff\xd8\xff")
    assert "shap_" + clothes[0].stem + "_Pullover.jpeg" in {each.name for each in OUT.iterdir()}
    page = (OUT / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 2 * len(clothes)
    analysis = json.loads((OUT / "analysis.json").read_text(encoding="utf-8"))
    assert [each["image"] for each in analysis["assay"]["images"]] == [
        path.relative_to("images").as_posix() for path in clothes
    ]


@pytest.mark.parametrize("media", ["image/jpeg", None, "image/png", "application/x-npy"])
def test_an_endpoint_gives_the_numbers_of_the_function(clothes, assay, media) -> None:
    told = {} if media is None else {"content_type": media}
    write(config(image={"num_segments": 4}, predictor=told))
    scores = function("scores")
    headers = set()

    def answer(asked) -> object:
        headers.add((asked.headers["Content-Type"], asked.headers["Accept"]))
        if media == "application/x-npy":
            return {"predictions": scores(np.load(BytesIO(asked.body))).tolist()}
        return scores(np.array(pillow.open(BytesIO(asked.body)))[None])[0].tolist()

    def sent(batch) -> np.ndarray:
        if media in ("image/png", "application/x-npy"):
            return scores(batch)
        made = []
        for image in batch:
            held = BytesIO()
            pillow.fromarray(image).save(held, format="JPEG", quality=95, subsampling=0)
            made.append(np.array(pillow.open(held)))
        return scores(np.array(made))

    with serve(answer) as server:
        ended = run(assay, "--quiet", place=server.url)
    assert ended.status == 0, ended.err
    assert headers == {(media or "image/jpeg", "application/json")}
    wanted = explain_image(
        sent, rgb(clothes[0]), classes=LABELS, fill="noise", seed=5, calls=4000, n_segments=4
    )
    np.testing.assert_allclose(results()["images"][0]["values"], wanted.values, atol=1e-9)


def test_objects_are_explained_box_by_box(folder, assay) -> None:
    picture("images/a.scene.png", scene())
    picture("images/empty.png", np.full((32, 48, 3), 90, dtype=np.uint8))
    write(
        config(
            model_type="OBJECT_DETECTION",
            image={"num_segments": 8, "max_objects": 2, "iou_threshold": 0.3, "context": 0.5},
            predictor={"label_headers": ["red", "green"]},
            probability_threshold=0.2,
            shap={"baseline": "grey.png"},
        )
    )
    picture("grey.png", np.full((4, 4, 3), 128, dtype=np.uint8))
    ended = run(assay, place="clothes.py:objects")
    assert ended.status == 0, ended.err
    assert "empty.png: the detector finds nothing in the image" in " ".join(ended.out.split())
    wanted = explain_detections(
        function("objects"), scene(), labels=["red", "green"], max_objects=2, iou_threshold=0.3,
        min_score=0.2, context=0.5, n_segments=8, fill=np.full((4, 4, 3), 128, dtype=np.uint8),
        calls=4000, seed=5,
    )  # fmt: skip
    made, empty = results()["images"]
    assert [each["label"] for each in made["boxes"]] == ["red", "green"]
    np.testing.assert_allclose(made["values"], wanted.values, atol=1e-9)
    assert np.abs(made["values"]).max() > 0.1
    assert made["pictures"] == [
        "shap_a.scene_box0_object.jpeg", "shap_a.scene_box1_object.jpeg",
        "a.scene_objects.jpeg",
    ]  # fmt: skip
    assert {each.name for each in OUT.glob("*.jpeg")} == {*made["pictures"]}
    assert empty["outputs"] == empty["pictures"] == []
    assert results()["baseline"] == "the picture grey.png"


@pytest.mark.parametrize("form", ["list", "predictions", "nested", "prediction"])
def test_a_detector_behind_an_address_may_answer_in_any_usual_form(folder, assay, form) -> None:
    picture("images/scene.png", scene())
    told = {"label_headers": ["red", "green"], "content_type": "image/png"}
    kind = {"model_type": "OBJECT_DETECTION", "predictor": told, "probability_threshold": 0.1}
    write(config(**kind, image={"num_segments": 4}))
    objects = function("objects")

    def answer(asked) -> object:
        found = objects(np.array(pillow.open(BytesIO(asked.body)))[None])[0]
        nested = {"nested": [found], "list": found}.get(form)
        return nested if nested is not None else {form: found}

    with serve(answer) as server:
        ended = run(assay, "--quiet", place=server.url)
    assert ended.status == 0, ended.err
    from_address = results()["images"][0]
    assert run(assay, "--quiet", place="clothes.py:objects").status == 0
    assert from_address["boxes"] == results()["images"][0]["boxes"]
    assert len(from_address["boxes"]) == 2
    np.testing.assert_allclose(from_address["values"], results()["images"][0]["values"])


def test_what_is_tried_out_can_be_narrowed_down(clothes, assay) -> None:
    debug = {"image_names": [clothes[0].name], "class_ids": [2]}
    write(config(image={"num_segments": 4, "debug": debug}, shap={"use_logit": True}))
    ended = run(assay)
    assert ended.status == 0, ended.err
    [made] = results()["images"]
    assert made["outputs"] == ["Pullover"]
    assert made["pictures"] == [f"shap_{clothes[0].stem}_Pullover.jpeg"]
    score = function("scores")(rgb(clothes[0])[None])[0, 2]
    assert made["prediction"][0] == pytest.approx(np.log(score / (1 - score)), abs=1e-6)
    assert made["output"] == "log_odds"


def test_num_samples_are_coalitions_besides_none_and_all(clothes, assay) -> None:
    write(config(image={"debug": {"sample_to": 1}}, shap={"num_samples": 100}))
    assert run(assay, "--quiet").status == 0
    [made] = results()["images"]
    assert not made["exact"]
    assert made["calls"] <= 102
    assert np.max(made["standard_errors"]) > 0


def test_a_manifest_names_the_images(folder, assay) -> None:
    picture("far/b.png", scene()[:28, :28])
    picture("far/deep/a.png", scene()[:28, :28])
    manifest = [{"prefix": "s3://bucket/far/"}, "deep/a.png", "b.png"]
    Path("far/images.manifest").write_text(json.dumps(manifest), encoding="utf-8")
    write(config(image={"num_segments": 4}, dataset_uri="far/images.manifest"))
    ended = assay("analyze", "analysis_config.json", "--model", "clothes.py:scores", "--quiet")
    assert ended.status == 0, ended.err
    assert [each["image"] for each in results()["images"]] == ["deep/a.png", "b.png"]


def test_images_that_cannot_be_decoded_are_named_and_left_out(folder, assay) -> None:
    picture("images/good.png", scene()[:28, :28])
    Path("images/bad.jpg").write_bytes(b"\xff\xd8\xff no image")
    write(config(image={"num_segments": 4}))
    ended = run(assay)
    assert ended.status == 0, ended.err
    assert "1 of 2 images cannot be decoded" in ended.out
    assert "bad.jpg" in ended.out
    assert [*results()["not_decodable"]] == ["bad.jpg"]
    Path("images/good.png").unlink()
    ended = run(assay, "--out", "other")
    assert ended.status == 2
    assert "none of 1 image(s) can be decoded" in ended.err
    assert not Path("other").exists()


def test_a_stated_compactness_is_meant(folder, assay) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    picture("images/noise.png", noise)
    np.save("centres.npy", np.random.default_rng(2).random((CLASSES, 40 * 40)))
    write(config(image={"segment_compactness": 1}))
    ended = run(assay)
    assert ended.status == 0, ended.err
    found = segment_image(noise, "slic", compactness=1)[0].max() + 1
    assert f"was cut into {found} segment(s)" in " ".join(ended.out.split())
    assert results()["images"][0]["n_segments"] == found < 10


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        ({}, ["--data", "absent", "--model", "clothes.py:scores"], "no folder, image or manifest"),
        ({}, ["--model", "clothes.py:scores"], "names no dataset_uri"),
        ({}, ["--data", "s3://bucket/a", "--model", "clothes.py:scores"], "fetch them"),
        ({}, ["--data", "void", "--model", "clothes.py:scores"], "holds no image"),
        ({}, ["--data", "images"], "--endpoint clothes=PLACE"),
        ({}, ["--data", "images", "--model", "clothes.py:CENTRES"], "is no function"),
        ({}, ["--data", "images", "--model", "centres.npy"], "a function can load this file"),
        ({}, ["--data", "images", "--label", "y"], "--label means nothing"),
        ({}, ["--data", "clothes.py", "--model", "clothes.py:scores"], "nor a manifest"),
        (
            {"shap": {"baseline": "absent.png"}},
            ["--data", "images", "--model", "clothes.py:scores"],
            "methods.shap.baseline names absent.png: there is no image file",
        ),
        (
            {"shap": {"baseline": "s3://bucket/noise.png"}},
            ["--data", "images", "--model", "clothes.py:scores"],
            "fetch the picture",
        ),
        (
            {"image": {"debug": {"image_names": ["b.png"]}}},
            ["--data", "images", "--model", "clothes.py:scores"],
            "names 'b.png', which is none of the 1 images, such as 'a.png'",
        ),
        (
            {"image": {"debug": {"class_ids": [7]}}},
            ["--data", "images", "--model", "clothes.py:scores"],
            "class_ids names class 7",
        ),
        (
            {"predictor": {"label_headers": ["one", "two"]}},
            ["--data", "images", "--model", "clothes.py:scores"],
            "with 3 score(s)",
        ),
        (
            {"model_type": "OBJECT_DETECTION"},
            ["--data", "images", "--model", "clothes.py:scores"],
            "a detection must be six numbers",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_line(folder, assay, change, arguments, words) -> None:
    picture("images/a.png", scene()[:28, :28])
    Path("void").mkdir()
    write(config(**change))
    ended = assay("analyze", "analysis_config.json", *arguments)
    assert ended.status in (2, 3)
    assert words in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert not OUT.exists()


def test_a_model_that_fails_later_leaves_what_was_finished(folder, assay) -> None:
    picture("images/a.png", scene()[:28, :28])
    picture("images/b.png", 255 - scene()[:28, :28])
    failing = FUNCTION + (
        "\nseen = []\nfull = scores\n"
        "def scores(batch):\n"
        "    if (batch[:, 0, 0, 0] == 165).any() and len(batch) == 1:\n"
        "        raise RuntimeError('too bright')\n"
        "    return full(batch)\n"
    )
    Path("clothes.py").write_text(failing, encoding="utf-8")
    write(config(image={"num_segments": 4}))
    ended = run(assay)
    assert ended.status == 3
    assert "too bright" in ended.err
    assert "the images that are asked about are masked" in ended.err
    assert "1 image(s) are finished and kept in assay-out" in ended.err
    assert [each["image"] for each in results()["images"]] == ["a.png"]
    assert json.loads((OUT / "results.json").read_text(encoding="utf-8"))["interrupted"]


def test_the_smallest_images_and_odd_names_are_no_trouble(folder, assay) -> None:
    picture("images/one.png", np.full((1, 1, 3), 7, dtype=np.uint8))
    picture("images/ä <b>/x & y.jpg", np.full((2, 3, 3), 99, dtype=np.uint8))
    Path("clothes.py").write_text(
        "def scores(batch):\n    return batch[..., 0].mean(axis=(1, 2)) / 255\n", encoding="utf-8"
    )
    write(config(predictor={"label_headers": ["<i>no</i>", "yes"]}))
    ended = run(assay)
    assert ended.status == 0, ended.err
    assert "No findings" in ended.out
    page = (OUT / "report.html").read_text(encoding="utf-8")
    assert "<i>no" not in page
    assert "/x & y.jpg" not in page
    one = results()["images"][0]
    assert one["outputs"] == ["<i>no</i>", "yes"]
    assert one["prediction"] == pytest.approx([1 - 7 / 255, 7 / 255])


def test_an_interrupted_run_keeps_finished_images(folder, assay) -> None:
    picture("images/a.png", scene()[:28, :28])
    picture("images/b.png", 255 - scene()[:28, :28])
    stopping = FUNCTION + (
        "\nfull = scores\n"
        "def scores(batch):\n"
        "    if len(batch) == 1 and batch[0, 0, 0, 0] == 165:\n"
        "        raise KeyboardInterrupt\n"
        "    return full(batch)\n"
    )
    Path("clothes.py").write_text(stopping, encoding="utf-8")
    write(config(image={"num_segments": 4}))
    ended = run(assay)
    assert ended.status == 130
    assert "1 image(s) are finished and kept in assay-out" in ended.err
    assert [each["image"] for each in lines()] == ["a.png"]


@pytest.mark.parametrize(("library", "extra"), [("PIL", "pillow"), ("skimage", "scikit-image")])
def test_without_the_libraries_for_images_nothing_begins(
    folder, assay, monkeypatch, library, extra
) -> None:
    picture("images/a.png", scene())
    write(config())
    monkeypatch.setitem(sys.modules, library, None)
    ended = run(assay)
    assert ended.status == 2
    assert f"{extra} is needed" in ended.err
    assert "assay[images]" in ended.err
    assert not OUT.exists()
