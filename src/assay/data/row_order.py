"""Rows kept in order by Polars."""

import polars as pl

# Polars 1.44 to 2.1 gives rows in any order where all that a query returns is `when` with written
# values alone, such as when(x > 1).then(True): it takes such columns for ones without an order
# and reads in no order too (docs/decisions/0012). Every query that returns rows thus goes without
# the step that does so; queries that return counts need not.
IN_ORDER = pl.QueryOptFlags(check_order_observe=False)
