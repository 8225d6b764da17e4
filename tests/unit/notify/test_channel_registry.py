from importlib.metadata import EntryPoint

import pytest

from assay.errors import InputError
from assay.notify import registry
from assay.notify.log import LogChannel
from assay.notify.registry import channel_names, get_channel, send_all
from assay.result import Finding

FINDING = Finding(rule="a_rule", severity="info", message="something")


class Recorder:
    def __init__(self):
        self.sent = []

    def send(self, subject, findings):
        self.sent.append((subject, tuple(findings)))


class Broken:
    def send(self, subject, findings):
        raise ConnectionError("no mail server")


def test_log_comes_with_the_package():
    assert "log" in channel_names()
    assert isinstance(get_channel("log"), LogChannel)


def test_unknown_name_lists_those_available():
    with pytest.raises(InputError, match=r"no notification channel 'pager'; there are: .*log"):
        get_channel("pager")


@pytest.mark.parametrize(
    ("value", "found"),
    [("nowhere.at:all", "cannot be used"), ("builtins:dict", "has no send")],
)
def test_broken_channel_names_its_package(monkeypatch, value, found):
    entry = EntryPoint(name="bad", value=value, group=registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    with pytest.raises(InputError, match=found):
        get_channel("bad")


def test_failing_channel_stops_none_of_the_others(caplog):
    recorder = Recorder()
    send_all([Broken(), recorder], "nightly", [FINDING])
    assert recorder.sent == [("nightly", (FINDING,))]
    assert "Broken could not send 'nightly'" in caplog.text
