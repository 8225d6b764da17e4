import json
import math
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.loading import inspect_model, load_model
from assay.models.predictor import PartialAnswerError, ServiceError
from assay.models.reading import PREDICTION, SCORE
from assay.models.remote import commanding
from assay.models.scoring import score_dataset

N = 40
X = pl.DataFrame({"a": np.linspace(-2, 2, N), "b": [None, 'é "x"\n'] * (N // 2), "c": [*range(N)]})
EXPECTED = [1 / (1 + math.exp(-a)) for a in X["a"]]
NODE = """
    const lines = require('readline').createInterface({ input: process.stdin });
    lines.on('line', (line) => {
        const row = JSON.parse(line);
        const probability = 1 / (1 + Math.exp(-row.a));
        const label = probability > 0.5 ? 'yes' : 'no';
        console.log(JSON.stringify({ label, probability }));
    });
"""
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@pytest.fixture
def python(tmp_path):
    """Return a function from the body of a loop over rows to the command that runs it."""

    def make(body, *, before="", after="") -> str:
        code = "import json, math, os, sys, time\n"
        code += textwrap.dedent(before) + "\nfor line in sys.stdin:\n    row = json.loads(line)\n"
        code += textwrap.indent(textwrap.dedent(body), "    ") + "\n" + textwrap.dedent(after)
        path = tmp_path / "score.py"
        path.write_text(code)
        return f"command:{sys.executable} {path}"

    return make


def model(command, **options):
    return load_model(command, options={"timeout": 20, **options})


def close(made):
    made.service.close()


CHANCE = "print(1 / (1 + math.exp(-row['a'])))"


def test_one_process_answers_all_batches(python):
    made = model(python("print(json.dumps([os.getpid(), row['c']]))"), score_kind="score")
    first, second = made.predict(X).probabilities, made.predict(X[5:]).probabilities
    assert len({*first[:, 0], *second[:, 0]}) == 1
    assert first[:, 1].tolist() == [*range(N)]
    assert second[:, 1].tolist() == [*range(5, N)]
    assert made.calls == 2
    close(made)


@needs_node
def test_a_script_of_node(tmp_path):
    script = tmp_path / "score it.js"
    script.write_text(textwrap.dedent(NODE))
    made = model(f"command:node '{script}' --fast")
    answer = made.predict(X)
    assert answer.labels.tolist() == ["yes" if p > 0.5 else "no" for p in EXPECTED]
    np.testing.assert_allclose(answer.values, EXPECTED)
    table = X.with_columns(y=pl.Series(answer.labels.tolist()))
    scored = score_dataset(made, Dataset.read(table, label="y", positive="yes"))
    frame = scored.frame.collect().to_native()
    assert frame[PREDICTION].to_list() == table["y"].to_list()
    np.testing.assert_allclose(frame[SCORE], EXPECTED)
    close(made)


def test_a_script_of_the_shell(tmp_path):
    script = tmp_path / "score.sh"
    script.write_text(
        "#!/bin/sh\nwhile read -r line; do case $line in *'\"b\":null'*) echo '\"none\"';; "
        "*) echo '\"some\"';; esac; done\n"
    )
    with pytest.raises(InputError, match=r"may not be run; chmod \+x"):
        model(f"command:{script}")
    script.chmod(0o755)
    made = model("command:", argv=[str(script)])
    assert made.predict(X).labels.tolist() == ["none", "some"] * (N // 2)
    close(made)


def test_rows_arrive_as_objects(python):
    made = model(python("print(json.dumps(json.dumps(row)))"))
    rows = [json.loads(text) for text in made.predict(X[:2]).labels]
    assert rows == X[:2].to_dicts()
    close(made)


@pytest.mark.parametrize("mode", ["auto", "batch"])
def test_commands_that_read_everything_first(python, mode):
    command = python("rows.append(row['c'])", before="rows = []", after="print(*rows, sep='\\n')")
    made = model(command, mode=mode)
    made.service.patience = 0.2
    for part in (X, X[:7]):
        assert made.predict(part).values.tolist() == part["c"].to_list()
    assert made.service.mode == "batch"
    assert made.calls == 2


def test_silence_in_mode_stream_tells_the_way_out(python):
    made = model(python("pass"), mode="stream", timeout=0.3)
    with pytest.raises(ServiceError, match=r"silent for 0.3 s after .* 0 of 40 rows.*mode=batch"):
        made.predict(X)


def test_large_batches_do_not_block(python):
    many = pl.DataFrame({"a": np.zeros(30_000), "t": ["x" * 200] * 30_000})
    made = model(python("print(json.dumps(row['t'] * 2))"))
    assert made.predict(many).labels.tolist() == ["x" * 400] * 30_000
    close(made)


@pytest.mark.parametrize(
    ("mode", "flush", "bad"),
    [
        ("stream", True, 0),
        ("stream", True, 17),
        ("stream", True, N - 1),
        ("batch", True, 17),
        ("batch", False, 17),
        ("auto", False, 9),
    ],
)
def test_the_row_on_which_it_dies_is_named(python, mode, flush, bad):
    command = python(
        f"if row['c'] == {bad}: print('cannot take', row['c'], file=sys.stderr); os._exit(3)\n"
        f"print(row['c'] / 100, flush={flush})",
        before="sys.stdout = open(1, 'w', buffering=100_000, closefd=False)",
    )
    made = model(command, mode=mode)
    made.service.patience = 0.2
    with pytest.raises(ModelError, match=rf"ended with exit code 3 .*cannot take {bad}") as caught:
        made.predict(X)
    assert caught.value.row == bad
    if bad:
        assert isinstance(caught.value, PartialAnswerError)
        assert caught.value.n_done == bad
        assert caught.value.done.values.tolist() == [at / 100 for at in range(bad)]
    data = Dataset.read(X.with_columns(y=pl.lit(1.0)), label="y")
    with pytest.raises(ModelError, match=rf"failed on row {bad + 1} of .* it ended"):
        score_dataset(made, data, task="regression")


def test_a_command_that_dies_at_once(python):
    made = model(python("pass", before="raise RuntimeError('no weights')"))
    with pytest.raises(ServiceError, match=r"whatever the row.*exit code 1.*no weights") as caught:
        made.predict(X)
    assert caught.value.exit_status == 3
    assert made.calls <= 4


def test_a_command_that_is_killed(python):
    made = model(python(f"os.kill(os.getpid(), {signal.SIGKILL}) if row['c'] == 3 else print(1)"))
    with pytest.raises(PartialAnswerError, match="was ended by SIGKILL") as caught:
        made.predict(X)
    assert caught.value.row == 3


def test_a_line_that_is_cut_off_is_no_answer(python):
    command = python(
        "if row['c'] == 2: sys.stdout.write('0.1'); sys.stdout.flush(); os._exit(1)\n"
        "print(0.123, flush=True)"
    )
    with pytest.raises(PartialAnswerError) as caught:
        model(command).predict(X)
    assert caught.value.done.values.tolist() == [0.123, 0.123]


def test_a_command_that_dies_now_and_then_is_started_again(python, tmp_path):
    note = tmp_path / "died"
    command = python(
        f"if row['c'] == 9 and not os.path.exists({str(note)!r}):\n"
        f"    open({str(note)!r}, 'w').close(); os._exit(1)\n"
        "print(row['c'], flush=True)"
    )
    made = model(command)
    with pytest.warns(RuntimeWarning, match=r"ended with exit code \d.* started again"):
        assert made.predict(X).values.tolist() == [*range(N)]
    close(made)


def test_commands_that_end_well_too_early_are_started_again(python):
    command = python("print(row['c'], flush=True)\nif row['c'] % 15 == 14: break")
    made = model(command)
    with pytest.warns(RuntimeWarning, match=r"ended with exit code \d.* started again"):
        assert made.predict(X).values.tolist() == [*range(N)]
    close(made)


def test_starting_again_has_an_end(python, monkeypatch):
    monkeypatch.setattr(commanding, "MOST_STARTS", 6)
    made = model(python("print(row['c'], flush=True)\nbreak"))
    with pytest.raises(ModelError, match="was started 6 times"):
        made.predict(X)


def test_rows_that_are_left_out_are_named(python):
    made = model(python("if row['c'] != 4: print(row['c'])"), mode="batch")
    what = "it ended with exit code 0 without an answer"
    with pytest.raises(PartialAnswerError, match=what) as caught:
        made.predict(X)
    assert caught.value.row == 4
    assert caught.value.done.values.tolist() == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("mode", ["stream", "batch"])
def test_more_lines_than_rows(python, mode):
    made = model(python("print(row['c']); print(row['c'])"), mode=mode)
    with pytest.raises(ServiceError, match="more lines than the rows"):
        made.predict(X)


@pytest.mark.parametrize("noise", ["Loading model…", "DEBUG {x}", "{'a': 1}"])
def test_noise_is_shown(python, noise):
    made = model(python(CHANCE, before=f"print({noise!r})"))
    with pytest.raises(
        ServiceError, match=r"printed .* instead of a line of JSON.*standard error"
    ) as caught:
        made.predict(X)
    assert noise[:8] in str(caught.value)


def test_noise_between_answers_keeps_those_before(python):
    made = model(python(f"if row['c'] == 5: print('hm')\n{CHANCE}"))
    with pytest.raises(PartialAnswerError, match="'hm'") as caught:
        made.predict(X)
    assert caught.value.done.values.tolist() == pytest.approx(EXPECTED[:5])


def test_a_command_that_hangs_is_killed(python):
    made = model(python(f"if row['c'] == 5: time.sleep(60)\n{CHANCE}"), mode="stream", timeout=2)
    started = time.monotonic()
    with pytest.raises(
        PartialAnswerError, match=r"silent for 2 s after it answered 5 of 40 rows"
    ) as caught:
        made.predict(X)
    assert time.monotonic() - started < 10
    assert caught.value.n_done == 5


def test_lines_over_the_cap(python):
    made = model(python("print('\"' + 'x' * 3_000_000 + '\"')"), max_line_mb=1)
    with pytest.raises(ServiceError, match="more than 1 MB"):
        made.predict(X)


@pytest.mark.parametrize("answer", ["null", '"NaN"', "[0.5]", "NaN", "Infinity"])
def test_an_answer_that_cannot_be_used_names_its_row(python, answer):
    made = model(python(f"print({answer!r} if row['c'] == 6 else 0.5)"))
    with pytest.raises(PartialAnswerError, match="it returned") as caught:
        made.predict(X)
    assert caught.value.row == caught.value.n_done == 6
    close(made)


def test_answers_may_come_in_another_order(python):
    command = python(
        "rows.append(row)",
        before="rows = []",
        after="for row in rows[::-1]: print(json.dumps({'at': row['at'], 'label': row['c']}))",
    )
    made = model(command, mode="batch", echo="at")
    assert made.predict(X).values.tolist() == [*range(N)]


def test_places_in_the_answers(python):
    made = model(
        python("print(json.dumps({'out': {'name': 'b', 'p': [0.2, 0.8]}}))"),
        label="out.name",
        probability="out.p",
        label_headers="[a, b]",
    )
    answer = made.predict(X[:2])
    assert answer.labels.tolist() == ["b", "b"]
    assert answer.probabilities.tolist() == [[0.2, 0.8]] * 2
    assert answer.classes == ("a", "b")
    close(made)


@pytest.mark.parametrize(
    ("command", "options", "told"),
    [
        ("command:nodee score.js", {}, "there is no command nodee; did you mean node"),
        ("command:/no/such/program", {}, "there is no command /no/such/program"),
        ("command:", {}, "no command after command:"),
        ("command:  ", {}, "no command after command:"),
        ("command:echo 'a", {}, "close the quotes"),
        ("command:echo", {"argv": ["echo"]}, "given twice"),
        ("command:echo", {"mode": "slow"}, "mode"),
        ("command:echo", {"label": "a["}, "label is no JMESPath"),
        ("command:echo", {"label": 0}, "label must be a JMESPath"),
    ],
)
def test_what_cannot_be_run(command, options, told):
    with pytest.raises(InputError, match=told):
        load_model(command, options=options)


def test_inspecting_starts_nothing(tmp_path):
    note = tmp_path / "ran"
    found = inspect_model(f"command:touch {note}")
    assert found.runs_code
    assert f"touch {note}" in found.code
    assert found.facts["program"] == shutil.which("touch")
    assert not note.exists()
    load_model(f"command:touch {note}")
    assert not note.exists()
    assert inspect_model("command:no-such-thing x").facts["program"] == "not found: no-such-thing"
    assert inspect_model("command:cat").format == "command"


def test_commands_may_be_longer_than_the_name_of_a_file(python):
    made = model(python("print(row['c'])") + " " + "x" * 5000)
    assert made.predict(X).values.tolist() == [*range(N)]
    close(made)


def test_the_address_changes_with_the_script_and_what_changes_answers(python):
    command = python(CHANCE)
    first = load_model(command, options={"timeout": 3, "mode": "batch"}).info.address
    assert first.startswith(command)
    python("print(1)")
    assert load_model(command).info.address != first
    assert load_model("command:cat", version="2").info.version == "2"


def test_nothing_is_left_running_after_an_interrupt(tmp_path):
    note = tmp_path / "pid"
    code = f"""
        import polars as pl
        from assay.models.loading import load_model
        made = load_model("command:sh -c 'echo $$ > {note}; sleep 60'")
        made.predict(pl.DataFrame({{"a": [1]}}))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not (note.exists() and note.read_text().strip()):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert b"KeyboardInterrupt" in errors
    # Killed it is; the system may take a moment to clear it away.
    deadline = time.monotonic() + 10
    while (left := is_running(int(note.read_text()))) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def test_nothing_is_left_running_where_the_interrupt_comes_while_it_starts(tmp_path):
    note = tmp_path / "pid"
    code = f"""
        import polars as pl
        from assay.models.loading import load_model
        made = load_model("command:sh -c 'echo $$ > {note}; kill -INT $PPID; sleep 60'")
        made.predict(pl.DataFrame({{"a": [1]}}))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    ended = subprocess.run(command, capture_output=True, timeout=30, check=False)
    assert b"KeyboardInterrupt" in ended.stderr
    deadline = time.monotonic() + 10
    while (left := is_running(int(note.read_text()))) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        ("[row['c'] / 40, 1 - row['c'] / 80]", {"label_headers": "late,early"}),
        ("{'probability': {'early': 1 - row['c'] / 80, 'late': row['c'] / 40}}", {}),
        ("[int(row['c'] > 20), int(row['c'] < 40)]", {"label_headers": ["late", "early"]}),
    ],
)
def test_a_row_may_have_several_labels(python, answer, options):
    made = model(python(f"print(json.dumps({answer}), flush=True)"), multilabel=True, **options)
    truth = X.with_columns(
        early=(pl.col("c") < 40).cast(int), late=(pl.col("c") > 20).cast(int)
    ).select("early", "late", "a", "c")
    data = Dataset.read(truth, label=["early", "late"])
    scored = score_dataset(made, data, batch_rows=7)
    close(made)
    table = scored.frame.collect().to_native()
    if "int(" in answer:
        assert table["__assay_prediction_0__"].cast(int).to_list() == truth["early"].to_list()
        assert table["__assay_prediction_1__"].cast(int).to_list() == truth["late"].to_list()
    else:
        np.testing.assert_allclose(table["__assay_score_0__"], 1 - X["c"] / 80)
        np.testing.assert_allclose(table["__assay_score_1__"], X["c"] / 40)
    assert "labels_matched_by_order" not in {finding.rule for finding in scored.notes}


@pytest.mark.parametrize("told", [{"output": "number"}, {"options": {"probability_threshold": 1}}])
def test_several_labels_are_neither_a_number_nor_one_score(python, told):
    options = {"multilabel": True, **told.pop("options", {})}
    with pytest.raises(InputError, match="0 or 1, for each label"):
        load_model(python("pass"), options=options, **told)
