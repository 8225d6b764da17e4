"""A table in; its parts as files, or its folds as columns, and a manifest out."""

from assay.jobs.splitting.split_table import SplitDone, SplitWish, split_table

__all__ = ["SplitDone", "SplitWish", "split_table"]
