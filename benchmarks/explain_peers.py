"""Other libraries, playing one row's game over coalitions: at most so many calls each.

A game of coalitions is put to shap as a model of 0/1 columns with one background row of zeros:
it then asks for exactly the coalitions that it would switch on a real row, and a call costs what
a call of the game costs, so that errors at equal calls are compared and nothing else.
"""

import warnings

import numpy as np


def kernel_explainer(l1_reg):
    """Return shap's KernelExplainer with a choice of players, or without (`l1_reg=False`)."""

    def explain(game, calls, seed):
        import shap

        np.random.seed(seed)  # noqa: NPY002  shap draws from the global state
        told = shap.KernelExplainer(game, np.zeros((1, game.n)))
        extra = {} if l1_reg is None else {"l1_reg": l1_reg}
        return told.shap_values(np.ones((1, game.n)), nsamples=calls, silent=True, **extra)[0]

    return explain


def permutation_explainer(game, calls, seed):
    """Return the values of shap's PermutationExplainer (antithetic)."""
    import shap

    told = shap.PermutationExplainer(game, np.zeros((1, game.n)), seed=seed)
    return told(np.ones((1, game.n)), max_evals=max(calls, 2 * game.n + 1), silent=True).values[0]


def shapiq_values(name, **options):
    """Return an approximator of shapiq as a peer."""

    def explain(game, calls, seed):
        import shapiq

        made = getattr(shapiq.approximator, name)(n=game.n, random_state=seed, **options)
        return first_order(made.approximate(calls, game), game.n)

    return explain


def first_order(told, n):
    return np.array([told[(player,)] for player in range(n)])


def kernel_shap_iq(game, calls, seed, *, pairing=True):
    """Return pairwise interaction indices by shapiq's KernelSHAPIQ, shape (n, n)."""
    import shapiq

    made = shapiq.KernelSHAPIQ(
        n=game.n, max_order=2, index="SII", pairing_trick=pairing, random_state=seed
    )
    told = made.approximate(calls, game)
    found = np.zeros((game.n, game.n))
    for i in range(game.n):
        for j in range(i):
            found[i, j] = found[j, i] = told[(j, i)]
    return found


SHAP = {
    "KernelExplainer": kernel_explainer(None),
    "KernelExplainer l1_reg=False": kernel_explainer(False),
    "PermutationExplainer": permutation_explainer,
}
SHAPIQ = {
    "KernelSHAP": shapiq_values("KernelSHAP"),
    "KernelSHAP paired": shapiq_values("KernelSHAP", pairing_trick=True),
    "kADDSHAP paired": shapiq_values("kADDSHAP", max_order=2, pairing_trick=True),
    "UnbiasedKernelSHAP paired": shapiq_values("UnbiasedKernelSHAP", pairing_trick=True),
    "PermutationSamplingSV": shapiq_values("PermutationSamplingSV"),
    "OwenSamplingSV": shapiq_values("OwenSamplingSV"),
    "StratifiedSamplingSV": shapiq_values("StratifiedSamplingSV"),
    "SVARM paired": shapiq_values("SVARM", pairing_trick=True),
    "ProxySPEX": shapiq_values("ProxySPEX", index="SII", max_order=1),
}


def quietly(peer, game, calls, seed):
    """Run a peer without its warnings; None where it cannot do it at so few calls."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            told = peer(game, calls, seed)
        except (ValueError, IndexError, KeyError, ZeroDivisionError, np.linalg.LinAlgError):
            return None
    return told if np.isfinite(told).all() else None
