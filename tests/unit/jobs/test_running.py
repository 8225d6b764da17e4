"""Running sections: one scan for all, one fault for one."""

import narwhals as nw
import pytest

from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest
from assay.errors import InputError
from assay.jobs.running import missing_need, run_sections
from assay.jobs.section import SectionConfig, SectionRequest
from assay.reports.page import Page


class Plain:
    title, order, needs, config = "Plain", 1, (), SectionConfig

    def __init__(self, name, *, by="a", answer=None, needs=()):
        self.name, self.by, self.answer, self.needs = name, by, answer, needs

    def tables(self, request):
        if isinstance(self.by, Exception):
            raise self.by
        return {"counts": CubeRequest(by={"a": nw.col(self.by)})}

    def cost(self, request):
        return 0.0

    def run(self, context):
        if isinstance(self.answer, Exception):
            raise self.answer
        return Answer(self.answer, context.tables["counts"].n_rows)

    def page(self, result):
        return Page(self.name, self.title, ())

    def skipped(self, result):
        return ()


class Answer:
    findings = ()

    def __init__(self, answer, rows):
        self.told = {"answer": answer, "rows": rows}

    def to_dict(self):
        return self.told


class Counting(Dataset):
    """A Dataset that counts its scans."""

    scans: list[list[str]]

    def scan(self, requests):
        self.scans.append(sorted(requests))
        return super().scan(requests)


@pytest.fixture
def data(monkeypatch):
    read = Dataset.read({"a": [1, 1, 2], "b": [1, 2, 3]})
    counting = Counting(**{name: getattr(read, name) for name in read.__dataclass_fields__})
    object.__setattr__(counting, "scans", [])
    return counting


def outcomes(data, *sections):
    found = {}
    run_sections(sections, SectionRequest(data=data), {}, found, lambda stage, done, total: None)
    return found


def test_all_sections_share_one_scan(data):
    found = outcomes(data, Plain("x"), Plain("y", by="b"))
    assert data.scans == [["x/counts", "y/counts"]]
    assert [each.stored["rows"] for each in found.values()] == [3, 3]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (Plain("bad", by=KeyError("plan")), "KeyError: 'plan'"),
        (Plain("bad", by="nowhere"), "nowhere"),
        (Plain("bad", answer=RuntimeError("spring")), "RuntimeError: spring"),
        (Plain("bad", answer=float("nan")), "Out of range float values"),
        (Plain("bad", answer={1, 2}), "not JSON serializable"),
    ],
)
def test_a_fault_is_an_entry_and_the_others_stand(data, bad, words):
    found = outcomes(data, bad, Plain("good", answer=1))
    assert words in found["bad"].stored["failed"]
    (finding,) = found["bad"].findings
    assert (finding.rule, finding.severity) == ("section_failed", "error")
    assert found["good"].stored == {"answer": 1, "rows": 3}


@pytest.mark.parametrize("where", ["by", "answer"])
def test_wrong_input_ends_the_run(data, where):
    with pytest.raises(InputError, match="odd"):
        outcomes(data, Plain("x", **{where: InputError("odd")}))


def test_what_was_finished_is_kept_when_interrupted(data):
    found = {}
    with pytest.raises(KeyboardInterrupt):
        run_sections(
            [Plain("first"), Plain("second")],
            SectionRequest(data=data),
            {},
            found,
            lambda stage, done, total: interrupt_at(done, 1),
        )
    assert list(found) == ["first"]


def interrupt_at(done, limit):
    if done == limit:
        raise KeyboardInterrupt


def test_draws_do_not_depend_on_the_other_sections(data):
    class Drawing(Plain):
        def run(self, context):
            return Answer(context.rng.random(), 0)

    alone = outcomes(data, Drawing("x"))["x"].stored
    beside = outcomes(data, Drawing("y"), Drawing("x"))
    assert beside["x"].stored == alone
    assert beside["y"].stored != alone


def test_what_is_missing_and_what_gives_it():
    section = Plain("x", needs=("label", "train", "sunshine"))
    skipped = missing_need(section, frozenset({"label"}))
    assert skipped.turn_on == "--train DATA and --sunshine"
    assert "needs sunshine" in skipped.reason
    assert missing_need(section, frozenset({"label", "train", "sunshine"})) is None
