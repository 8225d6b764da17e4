"""Tables in; what the linear models, the boosting and the trees are given, out.

Everything is learnt from the training rows: medians, scales, levels, target means, words.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.models.baseline.problem import Problem
from assay.models.baseline.tables import Floats, Part, Table
from assay.models.baseline.target_encoding import CrossFittedTarget

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MIN_FREQUENCY = 10
TEXT_FEATURES = 2**14
TEXT_COMPONENTS = 20
NATIVE_LEVELS = 254
"""scikit-learn's boosting takes categories of at most 255 bins, one of them for missing values."""


class Features(Protocol):
    """Learns from training rows how to turn a table into what a model takes."""

    def fit_transform(self, table: Table, y: NDArray[np.generic]) -> "Floats | csr_matrix":
        """Learn, and return the training rows."""
        ...

    def transform(self, table: Table) -> "Floats | csr_matrix":
        """Return other rows."""
        ...


class LinearFeatures:
    """Imputed and scaled numbers, one-hot levels, encoded targets, weighted words.

    Parameters
    ----------
    parts : sequence of Part
    problem : Problem
    """

    def __init__(self, parts: Sequence[Part], problem: Problem) -> None:
        self.numbers = _places(parts, "number", "dates")
        self.marked = np.array(
            [at for at, part in enumerate(parts) if part.column.indicator], dtype=np.intp
        )
        self.one_hot = _places(parts, "one_hot")
        self.target = _places(parts, "target")
        self.problem = problem

    def fit_transform(self, table: Table, y: NDArray[np.generic]) -> "Floats | csr_matrix":
        """Learn medians, scales, levels, targets and words; return the training rows."""
        from sklearn.impute import SimpleImputer
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder, StandardScaler

        blocks: list[object] = []
        if self.numbers.size:
            imputer = SimpleImputer(strategy="median", keep_empty_features=True)
            self._scale = make_pipeline(imputer, StandardScaler())
            blocks.append(self._scale.fit_transform(table.matrix[:, self.numbers]))
        if self.marked.size:
            blocks.append(_missing(table, self.marked))
        if self.one_hot.size:
            self._levels = OneHotEncoder(
                handle_unknown="infrequent_if_exist", min_frequency=MIN_FREQUENCY
            )
            blocks.append(self._levels.fit_transform(table.matrix[:, self.one_hot]))
        if self.target.size:
            self._target = _target(self.problem)
            self._target_scale = StandardScaler()
            encoded = self._target.fit_transform(table.matrix[:, self.target], y)
            blocks.append(self._target_scale.fit_transform(encoded))
        if table.texts:
            self._words = [_text_weights() for _ in table.texts]
            pairs = zip(self._words, table.texts, strict=True)
            blocks += [weights.fit_transform(text) for weights, text in pairs]
        return _joined(blocks, table.n)

    def transform(self, table: Table) -> "Floats | csr_matrix":
        """Return other rows as the training rows were."""
        blocks: list[object] = []
        if self.numbers.size:
            blocks.append(self._scale.transform(table.matrix[:, self.numbers]))
        if self.marked.size:
            blocks.append(_missing(table, self.marked))
        if self.one_hot.size:
            blocks.append(self._levels.transform(table.matrix[:, self.one_hot]))
        if self.target.size:
            encoded = self._target.transform(table.matrix[:, self.target])
            blocks.append(self._target_scale.transform(encoded))
        if table.texts:
            pairs = zip(self._words, table.texts, strict=True)
            blocks += [weights.transform(text) for weights, text in pairs]
        return _joined(blocks, table.n)


class BoostingFeatures:
    """Numbers with their gaps, levels as categories, targets of many levels, themes of texts.

    Parameters
    ----------
    parts : sequence of Part
    problem : Problem
    """

    def __init__(self, parts: Sequence[Part], problem: Problem) -> None:
        levels = _places(parts, "one_hot", "target")
        few = np.array([len(parts[at].column.levels) <= NATIVE_LEVELS for at in levels], bool)
        self.numbers = _places(parts, "number", "dates")
        self.native, self.target = levels[few], levels[~few]
        self.missing = {
            at: float(parts[at].column.levels.index(None))
            for at in self.native
            if None in parts[at].column.levels
        }
        self.problem = problem

    @property
    def categorical(self) -> list[int]:
        """Which columns of the outcome are categories: the first ones."""
        return list(range(self.native.size))

    def fit_transform(self, table: Table, y: NDArray[np.generic]) -> Floats:
        """Learn targets and themes; return the training rows."""
        blocks = [self._codes(table), table.matrix[:, self.numbers]]
        if self.target.size:
            self._target = _target(self.problem)
            blocks.append(self._target.fit_transform(table.matrix[:, self.target], y))
        self._themes = [_text_themes(self.problem.seed) for _ in table.texts]
        for themes, text in zip(self._themes, table.texts, strict=True):
            blocks += [themes.fit_transform(text), text_lengths(text)]
        return np.hstack(blocks)

    def transform(self, table: Table) -> Floats:
        """Return other rows as the training rows were."""
        blocks = [self._codes(table), table.matrix[:, self.numbers]]
        if self.target.size:
            blocks.append(self._target.transform(table.matrix[:, self.target]))
        for themes, text in zip(self._themes, table.texts, strict=True):
            blocks += [themes.transform(text), text_lengths(text)]
        return np.hstack(blocks)

    def _codes(self, table: Table) -> Floats:
        """Return codes of levels with NaN where they are missing or unknown."""
        codes = table.matrix[:, self.native].copy()
        for place, at in enumerate(self.native):
            gone = (codes[:, place] < 0) | (codes[:, place] == self.missing.get(int(at), np.inf))
            codes[gone, place] = np.nan
        return codes


def text_lengths(text: NDArray[np.object_]) -> Floats:
    """Return characters and words of each text, shape (n_rows, 2)."""
    return np.array([(len(each), len(each.split())) for each in text], dtype=np.float64).reshape(
        -1, 2
    )


def _places(parts: Sequence[Part], *how: str) -> NDArray[np.intp]:
    return np.array([at for at, part in enumerate(parts) if part.how in how], dtype=np.intp)


def _missing(table: Table, places: NDArray[np.intp]) -> Floats:
    return np.isnan(table.matrix[:, places]).astype(np.float64)


def _target(problem: Problem) -> CrossFittedTarget:
    return CrossFittedTarget(problem.target_type, n_classes=problem.n_classes, seed=problem.seed)


def _text_weights():  # noqa: ANN202 - a pipeline of scikit-learn, imported inside
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
    from sklearn.pipeline import make_pipeline

    settings: dict[str, Any] = {"alternate_sign": False, "norm": None}
    counts = HashingVectorizer(n_features=TEXT_FEATURES, **settings)
    return make_pipeline(counts, TfidfTransformer())


def _text_themes(seed: int):  # noqa: ANN202 - a pipeline of scikit-learn, imported inside
    from sklearn.decomposition import TruncatedSVD
    from sklearn.pipeline import make_pipeline

    return make_pipeline(_text_weights(), TruncatedSVD(TEXT_COMPONENTS, random_state=seed))


def _joined(blocks: Sequence[object], n: int) -> "Floats | csr_matrix":
    """Put blocks side by side; sparse where one of them is."""
    from scipy.sparse import csr_matrix, hstack, issparse  # noqa: PLC0415 - where words are

    if not blocks:
        return np.zeros((n, 1))
    if any(issparse(block) for block in blocks):
        return csr_matrix(hstack(blocks, format="csr"))
    return np.hstack(blocks)  # type: ignore[arg-type]
