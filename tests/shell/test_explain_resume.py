"""Killed without warning while rows are explained: the same call goes on to the same numbers."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

PROGRAM = """
import pathlib, sys, time
import numpy as np
from assay import explain

slow = sys.argv[1] == "slow"
asked = 0

def bent(rows):
    global asked
    asked += len(rows)
    if slow and any(pathlib.Path("kept").glob("rows-*.npz")):
        pathlib.Path("some").touch()
        time.sleep(60)
    return rows[:, 0] * rows[:, 1] + np.sin(rows[:, 2]) * rows[:, 3] + rows[:, 4:].sum(axis=1)

draw = np.random.default_rng(3)
rows, background = draw.normal(size=(40, 14)), draw.normal(size=(20, 14))
for keep in ("kept", None):
    asked = 0
    found = explain(bent, rows, background=background, calls=128, tolerance=None, keep=keep)
    told = {"values": found.values, "errors": found.standard_errors, "rows": found.rows}
    np.savez(f"{keep}.npz", **told, asked=asked)
"""


def start(folder, *told):
    return subprocess.Popen(
        [sys.executable, "program.py", *told],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX")
def test_a_killed_explanation_goes_on(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    killed = start(tmp_path, "slow")
    end = time.monotonic() + 60
    while not (tmp_path / "some").exists():
        assert killed.poll() is None, killed.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert not (tmp_path / "kept.npz").exists()
    assert list((tmp_path / "kept").glob("rows-*.npz"))

    running = start(tmp_path, "quick")
    _, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    resumed, whole = np.load(tmp_path / "kept.npz"), np.load(tmp_path / "None.npz")
    assert resumed["asked"] < whole["asked"]
    for name in ("rows", "values", "errors"):
        np.testing.assert_array_equal(resumed[name], whole[name])
    assert not (tmp_path / "kept").exists()
