"""The checks of leakage, in the order of the report."""

from collections.abc import Callable

from assay.data_quality.leakage import (
    dup_train,
    group_split,
    id_column,
    id_order,
    label_conflict,
    label_noise,
    leak_missing,
    leak_name,
    leak_target,
    leak_time_col,
    new_category,
    new_label,
    not_representative,
    overlap_exact,
    overlap_near,
    overlap_rowid,
    split_shift,
    time_split,
)
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.tables import LeakTables

CHECKS: tuple[tuple[About, Callable[[LeakTables], Check]], ...] = (
    (leak_target.ABOUT, leak_target.check_leak_target),
    (leak_missing.ABOUT, leak_missing.check_leak_missing),
    (leak_name.ABOUT, leak_name.check_leak_name),
    (leak_time_col.ABOUT, leak_time_col.check_leak_time_col),
    (overlap_exact.ABOUT, overlap_exact.check_overlap_exact),
    (overlap_near.ABOUT, overlap_near.check_overlap_near),
    (overlap_rowid.ABOUT, overlap_rowid.check_overlap_rowid),
    (group_split.ABOUT, group_split.check_group_split),
    (time_split.ABOUT, time_split.check_time_split),
    (id_column.ABOUT, id_column.check_id_column),
    (id_order.ABOUT, id_order.check_id_order),
    (split_shift.ABOUT, split_shift.check_split_shift),
    (new_category.ABOUT, new_category.check_new_category),
    (new_label.ABOUT, new_label.check_new_label),
    (dup_train.ABOUT, dup_train.check_dup_train),
    (label_conflict.ABOUT, label_conflict.check_label_conflict),
    (label_noise.ABOUT, label_noise.check_label_noise),
    (not_representative.ABOUT, not_representative.check_not_representative),
)
