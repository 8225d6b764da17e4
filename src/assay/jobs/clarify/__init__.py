"""A SageMaker Clarify ``analysis_config.json`` in; assay's config, and analysis.json, out."""
