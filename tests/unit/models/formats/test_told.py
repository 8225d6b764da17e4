import os

from pydantic import Field

from assay.models.formats.format import FormatOptions, LoadRequest
from assay.models.formats.told import describe_told


class Options(FormatOptions):
    output: int = Field(default=0)


def test_every_setting_counts():
    requests = [
        LoadRequest(),
        LoadRequest(classes=("a", "b")),
        LoadRequest(classes=("b", "a")),
        LoadRequest(classes=(0, 1)),
        LoadRequest(classes=(False, True)),
        LoadRequest(output="label"),
        LoadRequest(features=("a",)),
    ]
    told = {describe_told("onnx", request, Options()) for request in requests}
    told |= {describe_told("onnx", LoadRequest(), Options(output=1))}
    told |= {describe_told("torch", LoadRequest(), Options())}
    assert len(told) == len(requests) + 2


def test_what_changes_no_answer_does_not_count():
    plain = describe_told("onnx", LoadRequest(), Options())
    assert describe_told("onnx", LoadRequest(name="x", trust=True), Options(output=0)) == plain


def test_modules_of_the_user_count(tmp_path):
    request = LoadRequest(python_path=(tmp_path,))
    empty = describe_told("pickle", request, Options())
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "steps.py").write_text("x = 1\n")
    (tmp_path / "notes.txt").write_text("no code")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "hook.py").write_text("no module")
    first = describe_told("pickle", request, Options())
    assert first != empty
    assert "package/steps.py" in first
    assert "hook" not in first
    os.utime(tmp_path / "package" / "steps.py", (1e9, 1e9))
    assert describe_told("pickle", request, Options()) != first
