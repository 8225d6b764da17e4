"""Charts of an explanation as pictures beside the report."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.charts.saving import save_chart
from assay.explainability.effects.joint_dependence import JointDependence

if TYPE_CHECKING:
    from assay.jobs.sections.explanations.result import Explanations

MANY_ROWS = 10


def plot_files(result: "Explanations") -> Mapping[str, Callable[[Path], object]]:
    """Return name → what writes that picture; nothing where none are wanted.

    The importance of all columns, all attributions, each shown row, and each effect (of two
    columns also what they do only together): for the first output.
    """
    made, ending = result.explanation, result.plots
    if made is None or ending is None or not len(made):
        return {}
    files: dict[str, Callable[[Path], object]] = {
        f"explanations_importance.{ending}": partial(_save, made.save_plot, kind="bar")
    }
    if len(made) >= MANY_ROWS:
        for kind in ("beeswarm", "scatter", "heatmap"):
            files[f"explanations_{kind}.{ending}"] = partial(_save, made.save_plot, kind=kind)
    for each in result.shown:
        name = f"explanations_row_{made.rows[each.place]}.{ending}"
        files[name] = partial(_save, made.save_plot, kind="waterfall", row=each.place)
    for place, effect in enumerate(result.dependence):
        if effect.reason is None:
            name = f"explanations_effect_{place + 1}"
            files[f"{name}.{ending}"] = partial(_save_chart, effect.plot)
            if isinstance(effect, JointDependence):
                drawn = partial(effect.plot, interaction=True)
                files[f"{name}_interaction.{ending}"] = partial(_save_chart, drawn)
    return files


def _save(save: Callable[..., object], path: Path, **about: Any) -> object:  # noqa: ANN401
    return save(path, **about)


def _save_chart(plot: Callable[[], Any], path: Path) -> object:
    return save_chart(plot(), path)
