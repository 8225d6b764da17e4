"""How often rows were looked at, and among how many was chosen, in; what the number is worth, out.

Pure statistics; who looked and when is kept in `assay.jobs.ledger`.
"""
