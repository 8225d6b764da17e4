import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from assay.models.kept.codec import encode
from assay.models.kept.description import FILE, Description, read_description
from assay.models.kept.entry import MAX_SMALL_PARTS, Entry
from assay.models.kept.key import EntryKey
from assay.models.kept.lock import FolderLock
from assay.models.kept.parts import Part, list_parts, write_part
from assay.models.kept.recorder import Recorder
from assay.models.kept.store import PredictionStore
from assay.models.predictor import Prediction
from assay.models.timing import PredictionTiming
from assay.result import Finding

KEY = EntryKey({"model": "content:00"})
ENDPOINT = EntryKey({"model": "address:http://localhost/", "model_version": None})
NAMED = EntryKey({"model": "address:http://localhost/", "model_version": "7"})
TIMING = PredictionTiming(rows=6, calls=2, seconds=0.5, ms_per_1000_rows=3.0).to_dict()


@pytest.fixture
def store(tmp_path) -> PredictionStore:
    return PredictionStore(tmp_path / "predictions")


def numbers(start, stop) -> Prediction:
    return Prediction(values=np.arange(start, stop, dtype=float))


def fill(recorder: Recorder, start: int, stop: int) -> None:
    for row in range(start, stop, 2):
        recorder.add(row, numbers(row, row + 2), 2, {"UserWarning: x": 1})


def complete(store, key=KEY) -> None:
    recorder = store.open(key, 6)
    recorder.note_probe((), {})
    fill(recorder, 0, 6)
    recorder.finish(TIMING)
    recorder.close()


def rules(recorder) -> list[str]:
    return [finding.rule for finding in recorder.findings()]


def folder_of(store, key=KEY):
    return store.folder / key.digest


def values(stretches):
    return [(a, b, None if kept is None else kept.values.tolist()) for a, b, kept in stretches]


def test_everything_is_there_again(store):
    finding = Finding(rule="r", severity="info", message="m", where={"row": 1})
    recorder = store.open(KEY, 6, model="m.onnx", data="t.csv")
    assert (recorder.complete, recorder.probe, recorder.timing) == (False, None, None)
    recorder.note_probe((finding,), {"UserWarning: first": 2})
    fill(recorder, 0, 6)
    recorder.finish(TIMING)
    recorder.close()
    again = store.open(KEY, 6)
    assert again.complete
    assert again.reused_rows == 6
    assert again.probe is not None
    assert again.probe.findings == (finding,)
    assert again.timing == TIMING
    assert values(again.stretches(1, 5)) == [(1, 5, [1.0, 2.0, 3.0, 4.0])]
    assert again.warned == {"UserWarning: first": 2, "UserWarning: x": 3}
    assert again.findings() == ()
    again.close()


def test_description_says_who_and_when(store):
    recorder = store.open(KEY, 6, model="m.onnx", data="t.csv")
    recorder.close()
    told = (folder_of(store) / FILE).read_text()
    for word in ("assay predictions 1", "m.onnx", "t.csv", "content:00", "host", "created"):
        assert word in told


def test_interrupted_run_goes_on(store):
    recorder = store.open(KEY, 6)
    fill(recorder, 0, 4)
    recorder.close()
    again = store.open(KEY, 6)
    assert (again.complete, again.kept_rows) == (False, 4)
    assert values(again.stretches(2, 6)) == [(2, 4, [2.0, 3.0]), (4, 6, None)]
    fill(again, 4, 6)
    again.note_probe((), {})
    again.finish(TIMING)
    again.close()
    assert store.open(KEY, 6).complete


def test_other_key_is_another_entry(store):
    complete(store)
    recorder = store.open(EntryKey({"model": "content:01"}), 6)
    assert recorder.kept_rows == 0
    recorder.close()


def test_answers_of_an_endpoint_are_used_only_to_go_on(store):
    recorder = store.open(ENDPOINT, 6)
    fill(recorder, 0, 4)
    recorder.close()
    again = store.open(ENDPOINT, 6)
    assert again.kept_rows == 4
    (finding,) = again.findings()
    assert finding.rule == "predictions_resumed"
    assert finding.severity == "info"
    assert "4 of 6 rows" in finding.message
    assert "--no-cache" in finding.advice
    fill(again, 4, 6)
    again.note_probe((), {})
    again.finish(TIMING)
    again.close()
    anew = store.open(ENDPOINT, 6)
    assert anew.kept_rows == 0
    assert anew.findings() == ()
    anew.close()


def test_answers_of_a_named_version_are_used_and_said(store):
    complete(store, NAMED)
    again = store.open(NAMED, 6)
    assert again.complete
    assert rules(again) == ["predictions_resumed"]
    again.close()


def test_damaged_part_is_asked_for_again(store):
    complete(store)
    (part,) = folder_of(store).glob("*.arrow")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 0xFF
    part.write_bytes(content)
    again = store.open(KEY, 6)
    assert values(again.stretches(0, 6)) == [(0, 6, None)]
    assert again.reused_rows == 0
    assert rules(again) == ["kept_predictions_dropped"]
    assert not part.exists()
    fill(again, 0, 6)
    again.finish(TIMING)
    again.close()
    whole = store.open(KEY, 6)
    assert whole.complete
    assert values(whole.stretches(0, 2)) == [(0, 2, [0.0, 1.0])]
    whole.close()


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": "something else"}', b"[]"])
def test_description_that_cannot_be_read_starts_anew(store, content):
    complete(store)
    (folder_of(store) / FILE).write_bytes(content)
    again = store.open(KEY, 6)
    assert again.kept_rows == 0
    assert list(folder_of(store).glob("*.arrow")) == []
    again.close()


def test_one_process_writes_and_the_other_goes_on_without(store):
    first = store.open(KEY, 6)
    fill(first, 0, 2)
    second = store.open(KEY, 6)
    assert rules(second) == ["predictions_not_kept"]
    fill(second, 0, 6)
    second.finish(TIMING)
    second.close()
    first.close()
    again = store.open(KEY, 6)
    assert again.kept_rows == 2
    again.close()


def test_what_is_complete_is_read_by_many(store):
    complete(store)
    first, second = store.open(KEY, 6), store.open(KEY, 6)
    assert first.complete
    assert second.complete
    assert values(second.stretches(0, 1)) == [(0, 1, [0.0])]
    assert second.findings() == ()
    first.close()
    second.close()


def test_folder_that_cannot_be_written_is_a_finding(tmp_path):
    (tmp_path / "file").write_text("")
    recorder = PredictionStore(tmp_path / "file" / "predictions").open(KEY, 6)
    fill(recorder, 0, 6)
    recorder.finish(TIMING)
    recorder.close()
    assert rules(recorder) == ["predictions_not_kept"]
    assert "cannot be written" in recorder.findings()[0].message


def test_labels_that_cannot_be_written_are_a_finding(store):
    recorder = store.open(KEY, 6)
    recorder.add(0, Prediction(labels=np.array(["2020"], dtype="M8[Y]")), 1, {})
    recorder.close()
    assert rules(recorder) == ["predictions_not_kept"]


def test_many_small_files_become_one(store, monkeypatch):
    monkeypatch.setattr("assay.models.kept.recorder.FLUSH_SECONDS", 0.0)
    rows = 2 * MAX_SMALL_PARTS * 3
    recorder = store.open(KEY, rows)
    fill(recorder, 0, rows)
    recorder.close()
    parts = list(folder_of(store).glob("*.arrow"))
    assert len(parts) < MAX_SMALL_PARTS
    again = store.open(KEY, rows)
    read = [number for _, _, kept in again.stretches(0, rows) for number in kept.values.tolist()]
    assert read == list(range(rows))
    assert again.warned == {"UserWarning: x": rows // 2}
    again.close()


def test_part_that_was_put_into_another_is_not_read_twice(tmp_path):
    write_part(tmp_path, 0, encode(numbers(0, 2)), {})
    write_part(tmp_path, 2, encode(numbers(2, 4)), {})
    write_part(tmp_path, 0, encode(numbers(0, 4)), {})
    write_part(tmp_path, 6, encode(numbers(6, 8)), {})
    assert [(part.start, part.stop) for part in list_parts(tmp_path)] == [(0, 4), (6, 8)]


def test_what_a_dead_process_left_is_removed(store):
    complete(store)
    folder = folder_of(store)
    (folder / ".0123456789abcdef.partial").write_bytes(b"half")
    inside = write_part(folder, 2, encode(numbers(2, 4)), {})
    again = store.open(KEY, 6)
    assert again.complete
    assert not inside.path.exists()
    assert not list(folder.glob(".*.partial"))
    again.close()


def test_answers_of_two_kinds_are_two_parts(store):
    recorder = store.open(KEY, 4)
    recorder.add(0, Prediction(labels=np.array(["a", "b"])), 2, {})
    recorder.add(2, Prediction(labels=np.array([1, 2])), 2, {})
    recorder.close()
    again = store.open(KEY, 4)
    read = [kept.labels.tolist() for _, _, kept in again.stretches(0, 4)]
    assert read == [["a", "b"], [1, 2]]
    again.close()


def test_oldest_used_entries_are_removed_first(tmp_path):
    store = PredictionStore(tmp_path, max_bytes=100_000)
    keys = [EntryKey({"model": f"content:{n}"}) for n in range(4)]
    for age, key in enumerate(keys):
        recorder = store.open(key, 4_000)
        recorder.add(0, numbers(0, 4_000), 4_000, {})
        recorder.close()
        os.utime(folder_of(store, key) / FILE, (1_000 * age + 1e9, 1_000 * age + 1e9))
    kept = [folder_of(store, key).exists() for key in keys]
    assert kept == [False, True, True, True] or kept == [False, False, True, True]
    assert sum(f.stat().st_size for f in tmp_path.rglob("*") if f.is_file()) <= 100_000


def test_entry_in_use_is_not_removed(tmp_path):
    store = PredictionStore(tmp_path, max_bytes=50_000)
    first = store.open(KEY, 4_000)
    first.add(0, numbers(0, 4_000), 4_000, {})
    first._flush()
    second = store.open(NAMED, 4_000)
    second.add(0, numbers(0, 4_000), 4_000, {})
    second.close()
    assert folder_of(store).exists()
    assert rules(second) == ["predictions_not_kept"]
    assert "50,000 bytes" in second.findings()[0].message
    first.close()


def test_too_large_for_the_store_goes_on_without(tmp_path):
    store = PredictionStore(tmp_path, max_bytes=10_000)
    recorder = store.open(KEY, 8_000)
    for start in (0, 4_000):
        recorder.add(start, numbers(start, start + 4_000), 4_000, {})
        recorder._flush()
    recorder.close()
    assert rules(recorder) == ["predictions_not_kept"]


def test_store_hides_itself_from_git(store):
    complete(store)
    assert (store.folder / ".gitignore").read_text() == "*\n"


KILLED = """
    import os, signal, sys
    from pathlib import Path
    import numpy as np
    from assay.models.kept import recorder as module
    from assay.models.kept.key import EntryKey
    from assay.models.kept.store import PredictionStore
    from assay.models.predictor import Prediction

    module.FLUSH_SECONDS = 0.0
    recorder = PredictionStore(Path(sys.argv[1])).open(EntryKey({"model": "content:00"}), 10**9)
    row = 0
    while True:
        recorder.add(row, Prediction(values=np.arange(row, row + 50.0)), 50, {})
        row += 50
        print(recorder.kept_rows, flush=True)
"""


def test_killed_process_leaves_what_it_had(store):
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(store.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = 0
        while seen < 2_000:
            seen = int(process.stdout.readline())
        process.kill()
    again = store.open(KEY, 10**9)
    assert again.kept_rows >= 2_000
    at = 0
    for start, stop, kept in again.stretches(0, again.kept_rows):
        assert start == at
        assert kept is not None
        assert kept.values.tolist() == list(range(start, stop))
        at = stop
    assert rules(again) == []
    again.close()


FULL = """
    import resource, sys
    from pathlib import Path
    import numpy as np
    from assay.models.kept.key import EntryKey
    from assay.models.kept.store import PredictionStore
    from assay.models.predictor import Prediction

    recorder = PredictionStore(Path(sys.argv[1])).open(EntryKey({"model": "content:00"}), 10**6)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
    recorder.add(0, Prediction(values=np.zeros(10**6)), 10**6, {})
    recorder.close()
    print([finding.rule for finding in recorder.findings()], recorder.kept_rows)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits")
def test_full_disk_is_a_finding_and_leaves_nothing_behind(store):
    command = [sys.executable, "-c", textwrap.dedent(FULL), str(store.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "['predictions_not_kept'] 0\n"
    assert not list(folder_of(store).glob("*.partial"))


def test_lock_falls_with_its_process(tmp_path):
    code = "import sys; from pathlib import Path; from assay.models.kept.lock import FolderLock\n"
    code += "print(FolderLock(Path(sys.argv[1])).take(), flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        mine = FolderLock(tmp_path)
        assert not mine.take()
        process.kill()
    assert mine.take()
    mine.release()


def test_part_that_is_gone_is_dropped(tmp_path):
    Description.begin({}, "m", "t", 4).write(tmp_path)
    part = write_part(tmp_path, 0, encode(numbers(0, 4)), {})
    told = read_description(tmp_path)
    assert told is not None
    entry = Entry(tmp_path, told, None)
    part.path.unlink()
    assert entry.stretches(0, 4) == [(0, 4, None)]
    assert entry.dropped_rows == 4
    assert Part(part.path, 0, 4, part.digest).size == 0
