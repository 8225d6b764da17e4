"""Bias metrics in plain pandas, as one writes them from their formulas: the peer of bias.py.

Each metric takes Boolean series and looks at the rows again, as hand-written notebooks and the
reference library do. No intervals.
"""

import numpy as np


def shares(y):
    counts = y.value_counts(normalize=True)
    return np.array([counts.get(False, 0.0), counts.get(True, 0.0)])


def divergence(p, q):
    return float(sum(a * np.log(a / b) if a else 0.0 for a, b in zip(p, q, strict=True)))


def ci(y, s):
    return float(((~s).sum() - s.sum()) / len(s))


def dpl(y, s):
    return float(y[~s].mean() - y[s].mean())


def kl(y, s):
    return divergence(shares(y[~s]), shares(y[s]))


def js(y, s):
    a, d = shares(y[~s]), shares(y[s])
    middle = (a + d) / 2
    return (divergence(a, middle) + divergence(d, middle)) / 2


def lp(y, s):
    return float(np.sqrt(((shares(y[~s]) - shares(y[s])) ** 2).sum()))


def tvd(y, s):
    return float(np.abs(shares(y[~s]) - shares(y[s])).sum() / 2)


def ks(y, s):
    return float(np.abs(shares(y[~s]) - shares(y[s])).max())


def cdd(y, s, strata):
    total, n = 0.0, len(y)
    for stratum in strata.unique():
        inside = strata == stratum
        rejected, accepted = (inside & ~y).sum(), (inside & y).sum()
        lost = (inside & ~y & s).sum() / rejected if rejected else 0.0
        won = (inside & y & s).sum() / accepted if accepted else 0.0
        total += inside.sum() / n * (lost - won)
    return float(total)


def dppl(y, p, s):
    return float(p[~s].mean() - p[s].mean())


def di(y, p, s):
    return float(p[s].mean() / p[~s].mean())


def dca(y, p, s):
    return float(y[~s].sum() / p[~s].sum() - y[s].sum() / p[s].sum())


def dcr(y, p, s):
    return float((~y[s]).sum() / (~p[s]).sum() - (~y[~s]).sum() / (~p[~s]).sum())


def ad(y, p, s):
    return float((y[~s] == p[~s]).mean() - (y[s] == p[s]).mean())


def rd(y, p, s):
    return float(p[~s & y].mean() - p[s & y].mean())


def sd(y, p, s):
    return float((~p[s & ~y]).mean() - (~p[~s & ~y]).mean())


def dar(y, p, s):
    return float(y[~s & p].mean() - y[s & p].mean())


def drr(y, p, s):
    return float((~y[s & ~p]).mean() - (~y[~s & ~p]).mean())


def te(y, p, s):
    def ratio(group):
        return (group & y & ~p).sum() / (group & ~y & p).sum()

    return float(ratio(s) - ratio(~s))


def ge(y, p, s):
    benefit = p.astype(int) - y.astype(int) + 1
    return float(((benefit / benefit.mean()) ** 2 - 1).mean() / 2)


def flip_test(frame, p, s, features, rows, seed):
    """Return the flip test on a sample of each side."""
    from sklearn.neighbors import KNeighborsClassifier

    rng = np.random.default_rng(seed)
    sides = []
    for side in (~s, s):
        at = np.flatnonzero(side.to_numpy())
        sides.append(np.sort(rng.permutation(at)[:rows]))
    a, d = sides
    model = KNeighborsClassifier(n_neighbors=5 if len(a) >= 10 else 1)
    model.fit(frame[features].to_numpy()[a], p.to_numpy()[a])
    near = model.predict(frame[features].to_numpy()[d])
    own = p.to_numpy()[d]
    return float(((near & ~own).sum() - (own & ~near).sum()) / len(d))


PRE = {"CI": ci, "DPL": dpl, "KL": kl, "JS": js, "LP": lp, "TVD": tvd, "KS": ks}
POST = {
    "DPPL": dppl,
    "DI": di,
    "DCA": dca,
    "DCR": dcr,
    "AD": ad,
    "RD": rd,
    "SD": sd,
    "DAR": dar,
    "DRR": drr,
    "TE": te,
    "GE": ge,
}


def report(y, p, s, strata):
    """All count metrics of one group against the rest."""
    found = {name: metric(y, s) for name, metric in PRE.items()}
    found["CDDL"] = cdd(y, s, strata)
    found |= {name: metric(y, p, s) for name, metric in POST.items()}
    found["CDDPL"] = cdd(p, s, strata)
    return found
