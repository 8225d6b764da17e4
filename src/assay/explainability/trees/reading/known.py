"""Which models are tree ensembles that can be read, and their trees."""

from assay.explainability.trees.forest import Forest, UnreadableForestError
from assay.explainability.trees.reading.catboost import read_catboost
from assay.explainability.trees.reading.lightgbm import read_lightgbm
from assay.explainability.trees.reading.scikit_learn import read_scikit_learn
from assay.explainability.trees.reading.xgboost import read_xgboost
from assay.models.native import Native, is_of


def is_tree_model(model: object) -> bool:
    """Tell whether a model is of a class of tree ensembles that is known here."""
    return (
        is_of(model, "lightgbm", "Booster", "LGBMModel")
        or is_of(model, "xgboost", "Booster", "XGBModel")
        or is_of(model, "catboost", "CatBoost")
        or is_of(model, "sklearn.tree", "DecisionTreeClassifier", "DecisionTreeRegressor")
        or is_of(
            model,
            "sklearn.ensemble",
            "RandomForestClassifier",
            "RandomForestRegressor",
            "ExtraTreesClassifier",
            "ExtraTreesRegressor",
            "GradientBoostingClassifier",
            "GradientBoostingRegressor",
            "HistGradientBoostingClassifier",
            "HistGradientBoostingRegressor",
        )
    )


def read_forest(native: Native) -> Forest:
    """Return a tree ensemble of any library as a Forest.

    Raises
    ------
    UnreadableForestError
        Saying what of it is not known.
    """
    found = (
        read_scikit_learn(native.model)
        or read_lightgbm(native.model)
        or read_xgboost(native)
        or read_catboost(native)
    )
    if found is None:
        msg = f"{type(native.model).__name__} is not known as a sum of trees"
        raise UnreadableForestError(msg)
    return found
