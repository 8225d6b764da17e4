"""What `assay models inspect` prints."""

from assay.cli.models import describe
from assay.models.formats.inspection import Inspection, Port, Setting

SEEN = Inspection(
    place="m.onnx",
    format="onnx",
    title="ONNX model",
    runs_code=False,
    code="it is a graph of known operators",
    classes=("no", "yes\x1b[31m"),
    wants=(Port(name="x", type="float32", shape=(None, 4)),),
    facts={"trees": "12 " + "many words " * 20},
    settings=(
        Setting(name="output", description="Which output counts."),
        Setting(name="batch", description="Rows at once.", default=512),
    ),
)


def test_lines_stay_narrow_and_go_on_under_their_beginning():
    lines = describe(SEEN, width=60).splitlines()
    assert max(map(len, lines)) <= 60
    first = next(at for at, line in enumerate(lines) if "trees" in line)
    assert lines[first + 1].index("many") == lines[first].index("12")


def test_shapes_defaults_and_classes_are_told():
    text = describe(SEEN)
    assert "x  float32 [?, 4]" in text
    assert "Rows at once. (default 512)" in text
    assert "Which output counts.\n" in text
    assert "2: no, yes" in text


def test_text_of_a_file_cannot_steer_the_terminal():
    assert "\x1b" not in describe(SEEN)
