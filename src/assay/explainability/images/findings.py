"""What a reader of an explained image should know."""

from assay.result import Finding


def imprecise() -> Finding:
    """Say that the precision was not reached."""
    return Finding(
        rule="image_values_imprecise",
        severity="info",
        message="The values of the segments did not reach the wanted precision within the calls.",
        cause="Many segments, and limited calls.",
        advice="Read the standard errors; give more calls=, or fewer n_segments.",
    )


def constant() -> Finding:
    """Say that nothing that is switched off changes the score."""
    return Finding(
        rule="image_score_constant",
        severity="warning",
        message="The score stays the same whatever segments are switched off.",
        cause="The image equals its fill, or does not reach the model as it was trained.",
        advice="Look at the fill, and check size, order of channels and range of values.",
    )


def nothing_found(min_score: float) -> Finding:
    """Say that there is no object to explain."""
    return Finding(
        rule="no_object_found",
        severity="info",
        message=f"The detector finds nothing in the image with a score of {min_score:g} or more.",
        evidence={"min_score": min_score},
        cause="There is nothing to be found, or the image has another size or range than usual.",
        advice="Lower min_score, or look at the image.",
    )
