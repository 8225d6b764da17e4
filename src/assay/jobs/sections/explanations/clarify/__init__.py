"""SHAP and partial dependence as an analysis_config.json of SageMaker Clarify asks for them."""
