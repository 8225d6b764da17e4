"""The original library's numbers: a dataset and a request in, its report's cells out.

Only ``compat: smclarify-0.5`` comes here. It is made from a description of what smclarify 0.5 was
seen to do; where that does not settle a case, `assay.bias.compat.report` says what is done.
"""
