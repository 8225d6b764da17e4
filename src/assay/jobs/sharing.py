"""A config as it may be written down and given to others: without passwords and tokens."""

from assay.data.sources.secrets import hide_secrets, hide_settings
from assay.jobs.config import AnalyzeConfig

PLACES = ("data", "train", "validation", "before", "facet_data", "prediction_data")


def shareable(config: AnalyzeConfig, *, exclude_none: bool = False) -> dict[str, object]:
    """Return what a config says, in builtins only, less where the results lie.

    Passwords leave the URLs; settings of a store or a model that are secret by their names are
    ``***``. Whoever runs it again gives them anew, or by the environment.

    Parameters
    ----------
    config : AnalyzeConfig
    exclude_none : bool
        Whether to leave out what was not told.

    Examples
    --------
    >>> config = AnalyzeConfig(data="postgresql://ann:pass@host/shop")
    >>> shareable(config)["data"]
    'postgresql://ann@host/shop'
    """
    told = config.model_dump(mode="json", exclude_none=exclude_none, exclude={"out"})
    for place in PLACES:
        if isinstance(told.get(place), str):
            told[place] = hide_secrets(told[place])
    told["read"]["storage"] = hide_settings(told["read"]["storage"])
    model = told.get("model")
    if model is not None:
        model["path"] = hide_secrets(model["path"])
        model["options"] = hide_settings(model["options"])
    return told
