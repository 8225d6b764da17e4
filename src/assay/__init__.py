"""assay: is the model good, how sure are we, and what should be done next."""
