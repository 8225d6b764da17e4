import json

import pytest

from assay.models.keras_config import KerasPort, read_config


def dense(activation, units=1, name="out"):
    inner = {"name": name, "units": units, "activation": activation}
    return {"class_name": "Dense", "module": "keras.layers", "config": inner}


def sequential(*layers, loss=None):
    config = {"class_name": "Sequential", "module": "keras", "config": {"layers": list(layers)}}
    return {**config, "compile_config": {"loss": loss}}


def crossentropy(kind, *, from_logits):
    return {"class_name": kind, "config": {"from_logits": from_logits}}


@pytest.mark.parametrize(
    ("activation", "units", "loss", "meaning"),
    [
        ("softmax", 3, "categorical_crossentropy", ("probability", False)),
        ("softmax", 2, None, ("probability", False)),
        ("sigmoid", 1, "binary_crossentropy", ("probability", False)),
        ("sigmoid", 3, "binary_crossentropy", ("probability", True)),
        ("linear", 1, "mse", ("number", False)),
        ("linear", 1, {"class_name": "MeanSquaredError", "config": {}}, ("number", False)),
        ("relu", 1, {"class_name": "Huber", "config": {}}, ("number", False)),
        ("linear", 1, crossentropy("BinaryCrossentropy", from_logits=True), ("logits", False)),
        ("linear", 3, crossentropy("BinaryCrossentropy", from_logits=True), ("logits", True)),
        (
            "linear",
            3,
            crossentropy("SparseCategoricalCrossentropy", from_logits=True),
            ("logits", False),
        ),
        (
            "linear",
            3,
            crossentropy("CategoricalCrossentropy", from_logits=False),
            ("auto", False),
        ),
        ("linear", 1, None, ("auto", False)),
        ({"class_name": "function", "config": "softmax"}, 3, None, ("probability", False)),
    ],
)
def test_output_is_told_by_the_last_activation_then_by_the_loss(activation, units, loss, meaning):
    facts = read_config(sequential(dense("relu", 8, "in"), dense(activation, units), loss=loss))
    (port,) = facts.outputs
    assert facts.meaning(port) == meaning


def test_inputs_and_outputs_of_a_graph():
    first = {
        "class_name": "InputLayer",
        "config": {"name": "x", "batch_shape": [None, 4], "dtype": "float32"},
    }
    second = {
        "class_name": "InputLayer",
        "config": {"name": "z", "batch_input_shape": [None, 28, None], "dtype": "int32"},
    }
    inner = {
        "layers": [first, second, dense("softmax", 2)],
        "input_layers": [["z", 0, 0], ["x", 0, 0]],
        "output_layers": ["out", 0, 0],
    }
    facts = read_config({"class_name": "Functional", "config": inner})
    assert facts.inputs == (KerasPort("z", "int32", (28, None)), KerasPort("x", "float32", (4,)))
    assert [port.width for port in facts.inputs] == [None, 4]
    assert facts.outputs == (KerasPort("out", "", (2,), "softmax"),)


def test_output_of_a_model_inside_is_that_of_its_last_layer():
    inside = {
        "class_name": "Sequential",
        "config": {"name": "head", "layers": [dense("softmax", 3)]},
    }
    (port,) = read_config(sequential(dense("relu", 5, "body"), inside)).outputs
    assert (port.name, port.shape, port.activation) == ("head", (3,), "softmax")


@pytest.mark.parametrize("kind", ["Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer"])
def test_layers_that_hold_code_are_named(kind):
    layer = {"class_name": kind, "module": "keras.layers", "config": {"name": "inner"}}
    assert read_config(sequential(layer, dense("softmax", 2))).code == (f"{kind} 'inner'",)


def test_lambda_in_an_argument_is_code_too():
    inner = {"name": "d", "units": 1, "activation": {"class_name": "__lambda__", "config": {}}}
    assert read_config(sequential({"class_name": "Dense", "config": inner})).code


def test_classes_that_are_not_of_keras_are_named():
    own = {"class_name": "Mine", "module": None, "registered_name": "shop>Mine", "config": {}}
    other = {"class_name": "Net", "module": "shop.layers", "config": {}}
    optimizer = {"class_name": "Adam", "module": "my_optimizers", "config": {}}
    config = sequential(own, other, dense("softmax", 2))
    config["compile_config"]["optimizer"] = optimizer
    assert read_config(config).own == ("shop.layers.Net", "shop>Mine")


@pytest.mark.parametrize(
    "config", [{}, {"config": None}, {"config": []}, {"config": {"layers": 1}}]
)
def test_configs_that_say_nothing_give_nothing(config):
    facts = read_config(json.loads(json.dumps(config)))
    assert facts.inputs == facts.outputs == facts.code == facts.own == ()
    assert facts.meaning(None) == ("auto", False)
