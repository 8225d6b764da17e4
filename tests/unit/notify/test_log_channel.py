import logging

from assay.notify.channel import Channel
from assay.notify.log import LogChannel
from assay.result import Finding


def finding(severity, message="something"):
    return Finding(rule="a_rule", severity=severity, message=message)


def test_severity_is_the_level(caplog):
    findings = [finding("error"), finding("warning"), finding("info")]
    with caplog.at_level(logging.INFO, logger="assay.notify"):
        LogChannel().send("nightly", findings)
    assert [record.levelno for record in caplog.records] == [
        logging.ERROR,
        logging.WARNING,
        logging.INFO,
    ]
    assert caplog.records[0].getMessage() == "nightly: a_rule: something"


def test_silence_is_said(caplog):
    with caplog.at_level(logging.INFO, logger="assay.notify"):
        LogChannel().send("nightly", [])
    assert [record.getMessage() for record in caplog.records] == ["nightly: no findings"]


def test_data_values_start_no_line_of_their_own(caplog):
    with caplog.at_level(logging.INFO, logger="assay.notify"):
        LogChannel().send("a\nb", [finding("info", "column x\nERROR forged")])
    assert caplog.records[0].getMessage() == "a b: a_rule: column x ERROR forged"


def test_log_is_a_channel():
    assert isinstance(LogChannel(), Channel)
