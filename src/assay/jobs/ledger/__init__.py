"""A look at rows that judge models in; how many looked before, and what that means, out.

The ledger is ``ledger.jsonl`` in the store (``$ASSAY_HOME``, else ``./.assay``).
"""

from assay.jobs.ledger.entry import Entry, Part, Purpose, Shown
from assay.jobs.ledger.look import Look, look_at
from assay.jobs.ledger.recording import Recorded, read_standing, record_look
from assay.jobs.ledger.standing import Standing

__all__ = [
    "Entry",
    "Look",
    "Part",
    "Purpose",
    "Recorded",
    "Shown",
    "Standing",
    "look_at",
    "read_standing",
    "record_look",
]
