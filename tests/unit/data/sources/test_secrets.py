"""Passwords and signatures that must not be written down."""

import pytest

from assay.data.sources.cloud import open_url
from assay.data.sources.reader import ReadOptions
from assay.data.sources.secrets import hide_secrets, hide_settings, is_secret
from assay.data.sources.sql import open_query
from assay.errors import InputError


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:pw@host:5432/db", "postgresql://ann@host:5432/db"),
        ("postgresql://ann:p@w@host/db", "postgresql://ann@host/db"),
        ("postgresql://ann:p/w@host/db", "postgresql://***@host/db"),
        ("postgresql://host/db?password=pw&x=1", "postgresql://host/db?password=***&x=1"),
        ("https://token@host/a.csv", "https://***@host/a.csv"),
        ("https://host/a.csv?sv=1&sig=pw%2F", "https://host/a.csv?sv=1&sig=***"),
    ],
)
def test_secrets_leave_a_url(url: str, shown: str) -> None:
    assert hide_secrets(url) == shown


@pytest.mark.parametrize(
    "text",
    [
        "data.csv",
        "a:b@c.csv",
        "s3://bucket/year=*/part-?.parquet",
        "sqlite:////folder/a@b.db",
        "postgresql:///db?host=/run",
        "https://host/a%20b.csv?format=csv#top",
        "models:/churn/3",
    ],
)
def test_what_has_no_secret_stays(text: str) -> None:
    assert hide_secrets(text) == text


@pytest.mark.parametrize(
    "name", ["aws_secret_access_key", "azure_storage_account_key", "sas_token", "Authorization"]
)
def test_settings_are_secret_by_their_names(name: str) -> None:
    assert is_secret(name)
    assert hide_settings({name: "pw", "aws_region": "eu"}) == {name: "***", "aws_region": "eu"}
    assert hide_settings({name: "env:NAME"}) == {name: "env:NAME"}


def test_a_secret_that_was_left_out_is_asked_for() -> None:
    with pytest.raises(InputError, match="where a secret was left out"):
        open_query("postgresql://host/db?password=***", "t")
    with pytest.raises(InputError, match="the URL has"):
        open_url("https://host/a.csv?sig=***", ReadOptions())
    storage = {"aws_secret_access_key": "***"}
    with pytest.raises(InputError, match=r"aws_secret_access_key \(--storage-option\)"):
        open_url("s3://bucket/a.csv", ReadOptions(storage=storage))
