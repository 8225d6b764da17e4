"""One tiny model in every form in which models are given: P(positive) grows with a + b."""

import shlex
import stat
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

STEEP = 4.0
POISON = 0.125
"""A value of the column a that models with code of their own cannot take."""
FEATURES = ("a", "b")
Words = tuple[Any, ...]
Place = tuple[str | Path, dict[str, Any]]
"""What is given to `load_model`: the place, and the other arguments."""


@dataclass(frozen=True)
class Order:
    """What is to be built.

    Parameters
    ----------
    folder : Path
        An empty one, for this model alone.
    words : tuple
        The classes: the negative before the positive one, or three.
    wavers : bool
        Whether it draws random numbers when it predicts.
    mark : Path
        Made by whatever code of the model is run.
    url : str
        Of a server that answers as `tests/contract` wants.
    """

    folder: Path
    words: Words
    wavers: bool
    mark: Path
    url: str

    def write(self, name: str, code: str) -> Path:
        """Write a module or script that leaves the mark when it is run."""
        path = self.folder / name
        path.write_text(textwrap.dedent(code).replace("MARK", repr(str(self.mark))))
        return path


@dataclass(frozen=True)
class Adapter:
    """A form of model.

    Parameters
    ----------
    name : str
    build : callable
        Order -> Place.
    needs : tuple of str
        Modules without which it cannot be tried.
    fails : bool
        Whether it fails on a row with `POISON`.
    slack : float
        By how much numbers may differ with the size of batches.
    has_content : bool
        Whether it is told by its content.
    """

    name: str
    build: Callable[[Order], Place]
    needs: tuple[str, ...] = ()
    fails: bool = False
    slack: float = 1e-12
    has_content: bool = True
    reads: tuple[str, ...] = FEATURES
    by_class: bool = True
    can_waver: bool = False


def table(words: Words = ("no", "yes"), n_rows: int = 60) -> pd.DataFrame:
    """Return rows in which the class goes with a + b, and so does the text."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"a": rng.normal(size=n_rows), "b": rng.normal(size=n_rows)})
    sums = frame["a"] + frame["b"]
    place = (sums > 0).astype(int)
    frame["t"] = np.where(sums > 0, "good thing", "bad")
    frame["y"] = [words[each] for each in place]
    return frame


def _fitted(order: Order):
    from sklearn.linear_model import LogisticRegression

    frame = table(order.words, 200)
    return LogisticRegression(C=10.0).fit(frame[list(FEATURES)], frame["y"])


def _codes() -> tuple[pd.DataFrame, np.ndarray]:
    frame = table((0, 1), 400)
    return frame[list(FEATURES)], frame["y"].to_numpy()


def joblib_file(order: Order) -> Place:
    import joblib

    path = order.folder / "model.joblib"
    if order.wavers:
        order.write(
            f"wavering_{order.folder.name}.py",
            """
            from pathlib import Path
            import numpy as np
            Path(MARK).touch()

            class Wavering:
                classes_ = np.array(["no", "yes"])

                def predict(self, X):
                    return self.classes_[(np.random.default_rng().random(len(X)) > 0.5) + 0]
            """,
        )
        name = f"wavering_{order.folder.name}"
        path.write_bytes(f"c{name}\nWavering\n)\x81.".encode("latin-1"))
        path.write_bytes(b"\x80\x02" + path.read_bytes())
        return path, {"trust": True, "python_path": [order.folder]}
    joblib.dump(_fitted(order), path)
    return path, {"trust": True}


def skops_file(order: Order) -> Place:
    from skops.io import dump

    path = order.folder / "model.skops"
    dump(_fitted(order), path)
    return path, {}


FUNCTION = """
from pathlib import Path
import numpy as np
Path(MARK).touch()

def predict(rows):
    if (rows["a"] == 0.125).any():
        raise ValueError("cannot take 0.125")
    positive = 1 / (1 + np.exp(-4 * (rows["a"] + rows["b"])))
    return np.column_stack([1 - positive, positive])

def wavers(rows):
    positive = np.random.default_rng().random(len(rows))
    return np.column_stack([1 - positive, positive])
"""


def function_in_file(order: Order) -> Place:
    path = order.write("own_model.py", FUNCTION)
    name = "wavers" if order.wavers else "predict"
    return f"{path}:{name}", {"classes": order.words, "output": "probability"}


def lightgbm_text(order: Order) -> Place:
    import lightgbm

    X, y = _codes()
    data = lightgbm.Dataset(X, y, params={"verbose": -1})
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    path = order.folder / "model.txt"
    lightgbm.train(settings, data, 10).save_model(path)
    return path, {"classes": order.words}


def xgboost_json(order: Order) -> Place:
    import xgboost

    X, y = _codes()
    settings = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1}
    path = order.folder / "model.json"
    xgboost.train(settings, xgboost.DMatrix(X, y), 10).save_model(path)
    return path, {"classes": order.words}


def catboost_cbm(order: Order) -> Place:
    from catboost import CatBoostClassifier

    frame = table(order.words, 400)
    model = CatBoostClassifier(
        iterations=10, depth=3, verbose=False, thread_count=1, allow_writing_files=False
    )
    path = order.folder / "model.cbm"
    model.fit(frame[list(FEATURES)], frame["y"]).save_model(str(path))
    return path, {}


def onnx_file(order: Order) -> Place:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    # P = softmax((a, b) W); Gather fails on a row with POISON: it asks for an entry that is none.
    weights = np.array([[-STEEP / 2, STEEP / 2]] * 2, dtype=np.float32)
    constants = {
        "W": weights,
        "poison": np.array([POISON], dtype=np.float32),
        "one": np.array([1.0], dtype=np.float32),
        "last": np.array([-1], dtype=np.int64),
    }
    nodes = [
        helper.make_node("Concat", ["a", "b"], ["X"], axis=1),
        helper.make_node("Equal", ["a", "poison"], ["bad"]),
        helper.make_node("Cast", ["bad"], ["place"], to=TensorProto.INT64),
        helper.make_node("Gather", ["one", "place"], ["factor"], axis=0),
        helper.make_node("MatMul", ["X", "W"], ["score"]),
        helper.make_node("Mul", ["score", "factor"], ["scaled"]),
        helper.make_node("Softmax", ["scaled"], ["probabilities"], axis=1),
    ]
    if order.wavers:
        nodes[5:6] = [
            helper.make_node("RandomNormalLike", ["score"], ["noise"]),
            helper.make_node("Mul", ["noise", "factor"], ["scaled"]),
        ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 1]) for name in FEATURES
    ]
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 2])]
    graph = helper.make_graph(
        nodes,
        "tiny",
        inputs,
        outputs,
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    path = order.folder / "model.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path, {"classes": order.words}


NETWORK = """
from pathlib import Path
import torch
Path(MARK).touch()

class Net(torch.nn.Module):
    def __init__(self, wavers=False):
        super().__init__()
        self.line, self.wavers = torch.nn.Linear(2, 2), wavers

    def forward(self, x):
        if (x[:, 0] == 0.125).any():
            raise ValueError("cannot take 0.125")
        made = self.line(x)
        return made + torch.rand_like(made) if self.wavers else made
"""


def torch_weights(order: Order) -> Place:
    import torch

    path = order.write("network.py", NETWORK)
    half = STEEP / 2
    weights = {
        "line.weight": torch.tensor([[-half, -half], [half, half]]),
        "line.bias": torch.zeros(2),
    }
    torch.save(weights, order.folder / "weights.pt")
    options = {"factory": f"{path}:Net", "output": "logits"}
    if order.wavers:
        options["factory_args"] = {"wavers": True}
    return order.folder / "weights.pt", {
        "classes": order.words,
        "features": FEATURES,
        "options": options,
    }


def keras_file(order: Order) -> Place:
    from assay.models.keras_backend import require_keras

    keras = require_keras("to make a model")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="softmax")])
    half = STEEP / 2
    model.set_weights([np.array([[-half, half]] * 2), np.zeros(2)])
    path = order.folder / "model.keras"
    model.save(path)
    return path, {"classes": order.words, "features": FEATURES}


def transformers_folder(order: Order) -> Place:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "thing"]
    (order.folder / "vocab.txt").write_text("\n".join(tokens))
    tokenizer = BertTokenizer(str(order.folder / "vocab.txt"))
    torch.manual_seed(0)
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=len(tokens),
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=8,
            max_position_embeddings=16,
            num_labels=2,
        )
    ).eval()
    with torch.no_grad():
        known = tokenizer(["bad", "good thing"], padding=True, return_tensors="pt")
        bad, good = model.bert(**known).pooler_output
        between = good - bad
        between = between / (between @ between)
        model.classifier.weight.copy_(torch.stack([-between, between]))
        middle = between @ (good + bad) / 2
        model.classifier.bias.copy_(torch.stack([middle, -middle]))
    model.save_pretrained(order.folder)
    tokenizer.save_pretrained(order.folder)
    return order.folder, {"classes": order.words, "features": ("t",)}


def mlflow_folder(order: Order) -> Place:
    import mlflow.sklearn

    path = order.folder / "model"
    mlflow.sklearn.save_model(
        _fitted(order), path, pip_requirements=[], serialization_format="cloudpickle"
    )
    return path, {"trust": True}


def http_endpoint(order: Order) -> Place:
    name = "wavers" if order.wavers else "plain"
    options = {"retries": 0, "timeout": 10}
    return f"{order.url}/{name}", {
        "classes": order.words,
        "options": options,
        "features": FEATURES,
    }


def _command(order: Order, words: list[str], **options: object) -> Place:
    return "command:" + shlex.join(words), {
        "classes": order.words,
        "features": FEATURES,
        "output": "probability",
        "options": {"timeout": 20, **options},
    }


def python_command(order: Order) -> Place:
    path = order.write(
        "score.py",
        """
        import json, math, random, sys
        from pathlib import Path
        Path(MARK).touch()
        for line in sys.stdin:
            row = json.loads(line)
            if row["a"] == 0.125:
                sys.exit("cannot take 0.125")
            positive = 1 / (1 + math.exp(-4 * (row["a"] + row["b"])))
            if sys.argv[1:]:
                positive = random.random()
            print(json.dumps([1 - positive, positive]), flush=True)
        """,
    )
    return _command(order, [sys.executable, str(path), *(["wavers"] if order.wavers else [])])


def node_command(order: Order) -> Place:
    path = order.write(
        "score.js",
        """
        const fs = require("fs")
        fs.writeFileSync(MARK, "")
        const lines = require("readline").createInterface({input: process.stdin})
        lines.on("line", line => {
          const row = JSON.parse(line)
          if (row.a === 0.125) { console.error("cannot take 0.125"); process.exit(3) }
          const wavers = process.argv.length > 2
          const positive = wavers ? Math.random() : 1 / (1 + Math.exp(-4 * (row.a + row.b)))
          console.log(JSON.stringify({probabilities: [1 - positive, positive]}))
        })
        """,
    )
    return _command(order, ["node", str(path), *(["wavers"] if order.wavers else [])])


def shell_command(order: Order) -> Place:
    path = order.folder / "score.sh"
    path.write_text(
        textwrap.dedent(
            """\
            #!/bin/sh
            touch MARK
            exec awk -F '[:,}]' '
              $2 + 0 == 0.125 { print "cannot take 0.125" > "/dev/stderr"; exit 3 }
              { printf "%.17g\\n", 1 / (1 + exp(-4 * ($2 + $4))); fflush() }'
            """
        ).replace("MARK", shlex.quote(str(order.mark)))
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return _command(order, [str(path)], mode="batch")


ADAPTERS: dict[str, Adapter] = {
    adapter.name: adapter
    for adapter in (
        Adapter("joblib", joblib_file, can_waver=True),
        Adapter("skops", skops_file, needs=("skops",)),
        Adapter("function", function_in_file, fails=True, has_content=False, can_waver=True),
        Adapter("lightgbm", lightgbm_text, needs=("lightgbm",)),
        Adapter("xgboost", xgboost_json, needs=("xgboost",)),
        Adapter("catboost", catboost_cbm, needs=("catboost",)),
        Adapter(
            "onnx",
            onnx_file,
            needs=("onnx", "onnxruntime"),
            fails=True,
            slack=1e-6,
            can_waver=True,
        ),
        Adapter("torch", torch_weights, needs=("torch",), fails=True, slack=1e-6, can_waver=True),
        Adapter("keras", keras_file, needs=("keras", "torch"), slack=1e-6),
        Adapter(
            "transformers",
            transformers_folder,
            needs=("transformers", "torch"),
            slack=1e-4,  # 32-bit floats, and padding that depends on the batch
            reads=("t",),
        ),
        Adapter("mlflow", mlflow_folder, needs=("mlflow",)),
        Adapter("endpoint", http_endpoint, fails=True, has_content=False, can_waver=True),
        Adapter("python command", python_command, fails=True, has_content=False, can_waver=True),
        Adapter("node command", node_command, fails=True, has_content=False, can_waver=True),
        Adapter("shell command", shell_command, fails=True, has_content=False, by_class=False),
    )
}


Several = Callable[[Path], tuple[Place, Place | None]]
"""A folder -> the model without a choice of its output, and with one where it can be chosen."""


def several_outputs_joblib(folder: Path) -> tuple[Place, Place | None]:
    """A linear model of two targets; scikit-learn's have no output to choose."""
    import joblib
    from sklearn.linear_model import LinearRegression

    X, Y = _two_targets()
    joblib.dump(LinearRegression().fit(X, Y), folder / "two.joblib")
    return (folder / "two.joblib", {"trust": True}), None


def several_outputs_xgboost(folder: Path) -> tuple[Place, Place | None]:
    """Trees with two targets."""
    import xgboost

    X, Y = _two_targets()
    path = folder / "two.json"
    settings = {"objective": "reg:squarederror", "max_depth": 6, "eta": 1.0, "lambda": 0.0}
    xgboost.train(settings, xgboost.DMatrix(X, Y), 10).save_model(path)
    return (path, {}), (path, {"options": {"output": 0}})


def several_outputs_catboost(folder: Path) -> tuple[Place, Place | None]:
    """Trees with two targets."""
    from catboost import CatBoostRegressor

    X, Y = _two_targets()
    path = folder / "two.cbm"
    model = CatBoostRegressor(
        loss_function="MultiRMSE",
        iterations=200,
        learning_rate=0.5,
        verbose=False,
        thread_count=1,
        allow_writing_files=False,
    )
    model.fit(X, Y).save_model(str(path))
    return (path, {}), (path, {"options": {"output": 0}})


def several_outputs_onnx(folder: Path) -> tuple[Place, Place | None]:
    """A graph with two outputs of one number each."""
    import onnx
    from onnx import TensorProto, helper

    def value(name: str) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 1])

    nodes = [
        helper.make_node("Add", ["a", "b"], ["total"]),
        helper.make_node("Mul", ["a", "b"], ["product"]),
    ]
    graph = helper.make_graph(
        nodes, "two", [value("a"), value("b")], [value("total"), value("product")]
    )
    path = folder / "two.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    given = {"output": "number"}
    return (path, given), (path, {**given, "options": {"output": "total"}})


def several_outputs_torch(folder: Path) -> tuple[Place, Place | None]:
    """A network that returns a pair."""
    import torch

    path = folder / "pair.py"
    path.write_text(
        textwrap.dedent(
            """
            import torch

            class Pair(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.scale = torch.nn.Parameter(torch.ones(1))

                def forward(self, x):
                    return {"total": self.scale * x.sum(1), "product": x.prod(1)}
            """
        )
    )
    torch.save({"scale": torch.ones(1)}, folder / "pair.pt")
    options = {"factory": f"{path}:Pair", "output": "number"}
    given = {"features": FEATURES}
    return (folder / "pair.pt", {**given, "options": options}), (
        folder / "pair.pt",
        {**given, "options": {**options, "output_name": "total"}},
    )


def several_outputs_function(folder: Path) -> tuple[Place, Place | None]:
    """A function that returns two numbers a row."""
    path = folder / "two_numbers.py"
    path.write_text("def predict(rows):\n    return rows[['a', 'b']].to_numpy()\n")
    return (f"{path}:predict", {"output": "number"}), None


def several_outputs_command(folder: Path) -> tuple[Place, Place | None]:
    """A program that prints two numbers a row; a place in its answer chooses one."""
    path = folder / "two.py"
    path.write_text(
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    row = json.loads(line)\n"
        "    print(json.dumps({'total': row['a'] + row['b'], 'product': row['a'] * row['b']}))\n"
    )
    place = "command:" + shlex.join([sys.executable, str(path)])
    given: dict[str, Any] = {"output": "number", "features": FEATURES}
    options = {"timeout": 20, "mode": "batch"}
    chosen = {**given, "options": {**options, "label": "total"}}
    return (place, {**given, "options": options}), (place, chosen)


def _two_targets() -> tuple[pd.DataFrame, np.ndarray]:
    frame = table(n_rows=400)
    X = frame[list(FEATURES)]
    return X, np.column_stack([X["a"] + X["b"], X["a"] * X["b"]])


SEVERAL_OUTPUTS: dict[
    str, tuple[tuple[str, ...], Callable[[Path], tuple[Place, Place | None]]]
] = {
    "joblib": ((), several_outputs_joblib),
    "xgboost": (("xgboost",), several_outputs_xgboost),
    "catboost": (("catboost",), several_outputs_catboost),
    "onnx": (("onnx", "onnxruntime"), several_outputs_onnx),
    "torch": (("torch",), several_outputs_torch),
    "function": ((), several_outputs_function),
    "command": ((), several_outputs_command),
}
"""Models of two numbers a row, a + b and a · b: without a choice, and with one of the first."""
