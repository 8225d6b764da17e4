"""What segment_config demands."""

from collections.abc import Iterator

from assay.jobs.clarify.intervals import looks_like_interval, read_interval
from assay.jobs.clarify.problems import Problem
from assay.jobs.clarify.schema import ClarifyConfig


def segment_problems(config: ClarifyConfig) -> Iterator[Problem]:
    """Yield intervals that are none, and aliases of another number than the segments."""
    for place, told in enumerate(config.segment_config or ()):
        where = ("segment_config", place)
        count, aliases = len(told.segments), told.display_aliases
        if aliases is not None and len(aliases) not in (count, count + 1):
            yield (
                (*where, "display_aliases"),
                f"has {len(aliases)} names for {count} segment(s); give {count}, or {count + 1} "
                "with one for the rest",
            )
        for number, segment in enumerate(told.segments):
            for part, value in enumerate(segment):
                if isinstance(value, str) and _is_bad(value):
                    yield (
                        (*where, "segments", number, part),
                        f"{value!r} is no interval; write for example '[1, 4]' or '(5, 6]', the "
                        "smaller end first",
                    )


def _is_bad(value: str) -> bool:
    return looks_like_interval(value) and read_interval(value) is None
