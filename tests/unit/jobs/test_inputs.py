"""What can be refused before a row is read."""

import pytest

from assay.errors import InputError
from assay.jobs.config_file import config_from_options
from assay.jobs.inputs import check_config


@pytest.mark.parametrize("table", ["train", "validation"])
def test_a_query_for_a_table_that_is_not_given(table):
    query = {f"{table}_query": "SELECT * FROM old"}
    config = config_from_options({"data": "a.csv", "read": query}, [])
    with pytest.raises(InputError, match=f"--{table}-query .* there is no --{table}; give"):
        check_config(config, [])
    told = {"data": "a.csv", "read": query, table: "sqlite:///old.db"}
    check_config(config_from_options(told, []), [])
