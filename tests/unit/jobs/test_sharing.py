"""A config as it may be given to others."""

import json

from assay.jobs.config import AnalyzeConfig
from assay.jobs.config_file import dump_config
from assay.jobs.sharing import shareable


def test_no_secret_is_written_down() -> None:
    config = AnalyzeConfig.model_validate(
        {
            "data": "postgresql://ann:pw-iris@host/shop",
            "train": "https://host/train.csv?signature=pw-iris",
            "read": {"query": "orders", "storage": {"aws_secret_access_key": "pw-iris"}},
            "model": {
                "path": "https://ann:pw-iris@host/predict",
                "options": {"headers": {"Authorization": "Bearer pw-iris"}, "batch_rows": 7},
            },
        }
    )
    told = shareable(config)
    assert told["data"] == "postgresql://ann@host/shop"
    assert told["model"]["options"] == {"headers": {"Authorization": "***"}, "batch_rows": 7}
    assert told["read"]["query"] == "orders"
    assert "iris" not in json.dumps(told)
    assert "iris" not in dump_config(config)


def test_other_configs_stay_as_they_are() -> None:
    config = AnalyzeConfig.model_validate({"data": "test.csv", "model": "model.joblib"})
    assert shareable(config) == config.model_dump(mode="json", exclude={"out"})
