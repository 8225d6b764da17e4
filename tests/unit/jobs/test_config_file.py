"""assay.yaml: all problems at once, with their places; flags overrule; read back equal."""

from pathlib import Path

import jsonschema
import pytest
import yaml
from pydantic import Field

from assay.errors import ConfigError, InputError
from assay.jobs.config_file import config_from_flags, dump_config, read_config
from assay.jobs.config_template import json_schema, template, write_template
from assay.jobs.section import SectionConfig


class ToyConfig(SectionConfig):
    depth: int = Field(3, ge=1, description="How deep.")


class Toy:
    name, title, order, needs, config = "toy", "Toy", 50, (), ToyConfig


def write(folder, text):
    path = folder / "assay.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder, text, sections=()):
    with pytest.raises(ConfigError) as caught:
        read_config(write(folder, text), sections)
    return dict(caught.value.problems)


def test_all_problems_are_told_at_once(tmp_path):
    text = """
data: test.csv
modell: m.joblib
roles:
  label: 2020
  lebel: x
options:
  level: 2
  task: binry
  fail_on: [eror]
sections:
  toy: {dept: 1}
"""
    assert problems(tmp_path, text, [Toy]) == {
        "modell (line 3)": "unknown key; did you mean 'model'?",
        "roles.label (line 5)": (
            "must be text or a list, found 2020; put it in quotes if it is a name"
        ),
        "roles.lebel (line 6)": "unknown key; did you mean 'label'?",
        "options.level (line 8)": "must be less than 1, found 2",
        "options.task (line 9)": (
            "must be 'binary', 'multiclass', 'multilabel', 'regression', 'ranking' or "
            "'forecasting', found 'binry'; did you mean 'binary'?"
        ),
        "options.fail_on (line 10)": (
            "must be error, warning or the name of a rule, not 'eror'; did you mean 'error'?"
        ),
        "sections.toy.dept (line 12)": "unknown key; did you mean 'depth'?",
    }


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("label: income", "label (line 1)", "did you mean 'roles.label'"),
        ("data: a.csv\ndata: b.csv", "data (line 2)", "stands twice, first in line 1"),
        ("options: {cost_fp: 1}", "options (line 1)", "give cost_fn as well"),
        ("options: {threshold: cost}", "options (line 1)", "needs cost_fp and cost_fn"),
        ("options: {threshold: f1>}", "options.threshold (line 1)", "unknown goal"),
        ("options: {threshold: .nan}", "options.threshold (line 1)", "must be finite"),
        ("options: {threshold: true}", "options.threshold (line 1)", "found True"),
        ("roles: {kinds: {age: numbr}}", "roles.kinds.age (line 1)", "must be 'continuous'"),
        ("model: {trust: true}", "model.path", "is required"),
        ("model: {path: 3}", "model.path (line 1)", "must be text"),
        ("roles: {positive: [1]}", "roles.positive (line 1)", "found [1]"),
        ("read: tab", "read (line 1)", "must hold keys, such as {delimiter: …}, found 'tab'"),
        ("read: {columns: [a]}", "read.columns (line 1)", "such as {name: value}, found ['a']"),
        ("read: {delimiter: ab}", "read.delimiter (line 1)", "give one ASCII character"),
        ("read: {records: 'a['}", "read.records (line 1)", "'a[' is not a JMESPath"),
        ("read: {columns: {x: 'a['}}", "read.columns (line 1)", "column 'x': 'a[' is not a JMES"),
        ("data: [unclosed", "line 1, column 16", "this is not YAML"),
        ("- data", "line 1", "must hold keys"),
        ("just text", "line 1", "must hold keys"),
        ("zzz: 1", "zzz (line 1)", "there are: data, train"),
    ],
)
def test_problem(tmp_path, text, place, what):
    found = problems(tmp_path, text)
    assert what in found[place], found


def test_a_goal_is_kept_as_text(tmp_path):
    config = read_config(write(tmp_path, "options: {threshold: 'recall >= 0.9'}"), [])
    assert config.options.threshold == "recall>=0.9"


def test_paths_start_from_the_files_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path.parent)
    text = "data: in/test.csv\nmodel: {path: m.skops, python_path: lib}\nout: done"
    config = read_config(write(tmp_path, text), [])
    assert config.data == (tmp_path / "in" / "test.csv").resolve().as_posix()
    assert config.model is not None
    assert Path(config.model.path) == tmp_path.resolve() / "m.skops"
    assert config.model.python_path == ((tmp_path.resolve() / "lib").as_posix(),)
    assert config.out == (tmp_path.resolve() / "done").as_posix()


def test_a_model_can_be_its_path_alone(tmp_path):
    config = read_config(write(tmp_path, "model: m.skops"), [])
    assert config.model is not None
    assert Path(config.model.path) == tmp_path.resolve() / "m.skops"


def test_flags_overrule_the_file(tmp_path):
    path = write(tmp_path, "model: m.skops\nroles: {label: a, weight: w}\noptions: {seed: 1}")
    flags = {
        ("roles", "label"): ("--label", "b"),
        ("options", "seed"): ("--seed", 7),
        ("model", "trust"): ("--trust-model", True),
    }
    config = read_config(path, [], flags=flags)
    assert (config.roles.label, config.roles.weight, config.options.seed) == ("b", "w", 7)
    assert config.model is not None
    assert config.model.trust
    assert config.model.path.endswith("m.skops")


def test_a_flag_can_repair_what_the_file_says(tmp_path):
    path = write(tmp_path, "options: {level: 2}")
    assert (
        read_config(path, [], flags={("options", "level"): ("--level", 0.9)}).options.level == 0.9
    )


def test_problems_of_flags_bear_the_flags_name():
    flags = {("options", "level"): ("--level", 1.5), ("roles", "kinds"): ("--kind", {"a": "b"})}
    with pytest.raises(ConfigError) as caught:
        config_from_flags(flags, [])
    assert [place for place, _ in caught.value.problems] == ["--kind", "--level"]


def test_class_names_may_be_written_as_numbers(tmp_path):
    text = "roles: {label_map: {0: '<=50K', 1: '>50K'}}"
    config = read_config(write(tmp_path, text), [])
    assert config.roles.label_map == {"0": "<=50K", "1": ">50K"}


def test_yes_and_no_are_words_and_true_is_not(tmp_path):
    text = "roles: {positive: yes, label_map: {0: no, 1: yes}, missing: [on, off]}"
    roles = read_config(write(tmp_path, text), []).roles
    assert (roles.positive, roles.label_map) == ("yes", {"0": "no", "1": "yes"})
    assert roles.missing == ("on", "off")
    assert read_config(write(tmp_path, "roles: {positive: true}"), []).roles.positive is True
    assert read_config(write(tmp_path, "roles: {label: falsework}"), []).roles.label == "falsework"


def test_written_and_read_back_it_is_equal(tmp_path):
    text = """
data: test.csv
model: {path: m.skops}
roles: {label: y, label_map: {0: a}, positive: '>50K', scores: [p],
  kinds: {zip: categorical}, missing: ['?', '']}
options: {threshold: f1, cost_fp: 1, cost_fn: 2.5, only: [toy], fail_on: error}
sections: {toy: {depth: 9}}
notify: log
out: elsewhere
"""
    config = read_config(write(tmp_path, text), [Toy])
    again = read_config(write(tmp_path, dump_config(config)), [Toy])
    assert again == config.model_copy(update={"out": None})
    assert dump_config(again) == dump_config(config)


def test_a_missing_file_names_the_way_to_one(tmp_path):
    with pytest.raises(InputError, match="config init"):
        read_config(tmp_path / "none.yaml", [])


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "assay.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_config(tmp_path / "assay.yaml", [])


@pytest.mark.parametrize("part", ["read", "roles", "options", "sections"])
def test_a_part_with_nothing_under_it_is_left_out(tmp_path, part):
    config = read_config(write(tmp_path, f"data: a.csv\n{part}:\n"), [])
    assert getattr(config, part) == getattr(read_config(write(tmp_path, "data: a.csv"), []), part)


def test_an_empty_file_is_an_empty_config(tmp_path):
    assert read_config(write(tmp_path, ""), []).data is None


def test_the_template_is_a_valid_config_and_shows_the_sections(tmp_path):
    text = template([Toy])
    config = read_config(write(tmp_path, text), [Toy])
    assert config.roles.label == "income"
    assert "# How deep.\n    depth: 3" in text


def test_every_commented_key_of_the_template_is_valid(tmp_path):
    lines = [
        line.replace("# ", "", 1) if line.strip().startswith("# ") and _is_key(line) else line
        for line in template([Toy]).splitlines()
    ]
    config = read_config(write(tmp_path, "\n".join(lines)), [Toy])
    assert config.options.cost_fn == 5
    assert config.out is not None


def _is_key(line):
    word = line.strip().removeprefix("# ").partition(":")[0]
    return word.isidentifier() and word.islower() and ": " in line and not line.endswith(".")


def test_the_template_is_not_written_over_a_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("data: x")
    with pytest.raises(InputError, match="left as it is"):
        write_template(path, [])
    assert path.read_text() == "data: x"
    with pytest.raises(InputError, match="cannot be written"):
        write_template(tmp_path / "no" / "folder.yaml", [])


def test_the_json_schema_describes_what_is_read():
    schema = json_schema([Toy])
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = yaml.safe_load("data: a.csv\nmodel: {path: m}\nsections: {toy: {depth: 2}}")
    jsonschema.validate(valid, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"dta": "a.csv"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"sections": {"toy": {"depth": "deep"}}}, schema)
