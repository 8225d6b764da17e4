"""Codes of many-valued columns and the target in; for each code the usual target, out of fold."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.models.baseline.tables import Floats

FOLDS = 5
TargetType = Literal["binary", "multiclass", "continuous"]


class CrossFittedTarget:
    """scikit-learn's TargetEncoder; training rows are encoded by folds that they are not in.

    The encoder of scikit-learn does the same in ``fit_transform``, with folds that its versions
    choose in different ways; here they are those of `KFold`, shuffled by the seed.

    Parameters
    ----------
    target_type : {"binary", "multiclass", "continuous"}
    n_classes : int
        Of "multiclass": one column a code column and class.
    seed : int
    """

    def __init__(self, target_type: TargetType, *, n_classes: int = 0, seed: int = 0) -> None:
        self.target_type: TargetType = target_type
        self.n_classes = n_classes
        self.seed = seed

    def fit_transform(self, codes: Floats, y: NDArray[np.generic]) -> Floats:
        """Fit on all rows; return each row as the other folds alone encode it."""
        from sklearn.model_selection import KFold

        self._encoder = self._fitted(codes, y)
        n = codes.shape[0]
        if n < 2:
            return self.transform(codes)
        width = codes.shape[1] * (self.n_classes if self.target_type == "multiclass" else 1)
        out = np.empty((n, width))
        folds = KFold(min(FOLDS, n), shuffle=True, random_state=self.seed)
        for fitted, encoded in folds.split(codes):
            out[encoded] = self._encode(self._fitted(codes[fitted], y[fitted]), codes[encoded])
        return out

    def transform(self, codes: Floats) -> Floats:
        """Encode rows that were not fitted on; an unknown code gets the mean of the target."""
        return self._encode(self._encoder, codes)

    def _fitted(self, codes: Floats, y: NDArray[np.generic]) -> object:
        """Return an encoder, or the one class where there is no other."""
        from sklearn.preprocessing import TargetEncoder

        if self.target_type == "continuous":
            return TargetEncoder(target_type="continuous").fit(codes, y)
        present = np.unique(y)
        if present.size == 1:
            return int(present[0])
        kind = "binary" if present.size == 2 else "multiclass"
        return TargetEncoder(target_type=kind).fit(codes, y)

    def _encode(self, encoder: object, codes: Floats) -> Floats:
        """Put what the encoder says into one column a class, for classes that it never saw too."""
        if self.target_type == "continuous":
            return np.asarray(encoder.transform(codes))  # type: ignore[attr-defined]
        n, columns = codes.shape
        shares = np.zeros((n, columns, max(self.n_classes, 2)))
        if isinstance(encoder, int):
            shares[:, :, encoder] = 1.0
        else:
            given = np.asarray(encoder.transform(codes))  # type: ignore[attr-defined]
            known = encoder.classes_  # type: ignore[attr-defined]
            if len(known) == 2:
                given = np.stack([1 - given, given], axis=2)
            shares[:, :, known.astype(np.intp)] = given.reshape(n, columns, len(known))
        return shares[:, :, 1] if self.target_type == "binary" else shares.reshape(n, -1)
