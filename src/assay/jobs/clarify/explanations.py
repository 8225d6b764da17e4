"""The schema of ``methods.shap`` and ``methods.pdp``."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue, StrictBool, StrictInt, StrictStr

from assay.jobs.clarify.languages import read_language
from assay.jobs.clarify.parts import Index, LowerCase, NameOrIndex, Number, Part, Text

ModelType = Literal["IMAGE_CLASSIFICATION", "OBJECT_DETECTION"]
DETECTION: ModelType = "OBJECT_DETECTION"


class TextConfig(Part):
    """How columns of free text are explained."""

    granularity: Annotated[Literal["token", "sentence", "paragraph"], LowerCase]
    language: Annotated[StrictStr, AfterValidator(read_language)]
    max_top_tokens: Annotated[StrictInt, Field(ge=1)] = 50


class ImageDebug(Part):
    """Which images and classes are looked at while one tries things out."""

    image_names: tuple[StrictStr, ...] | None = None
    class_ids: tuple[Index, ...] | None = None
    sample_from: Index | None = None
    sample_to: Index | None = None


class ImageConfig(Part):
    """How images are explained."""

    model_type: ModelType | None = None
    num_segments: Annotated[StrictInt, Field(ge=1)] = 20
    segment_compactness: Annotated[Number, Field(gt=0)] = 5
    feature_extraction_method: Literal["segmentation"] = "segmentation"
    max_objects: Annotated[StrictInt, Field(ge=1)] = 3
    iou_threshold: Annotated[Number, Field(ge=0, le=1)] = 0.5
    context: Annotated[Number, Field(ge=0, le=1)] = 1.0
    debug: ImageDebug | None = None


class Shap(Part):
    """Kernel SHAP."""

    baseline: Text | list[JsonValue] | dict[str, JsonValue] | None = None
    num_clusters: Annotated[StrictInt, Field(ge=1)] | None = None
    num_samples: Annotated[StrictInt, Field(ge=1)] | None = None
    agg_method: Annotated[Literal["mean_abs", "median", "mean_sq"], LowerCase] = "mean_abs"
    use_logit: StrictBool = False
    save_local_shap_values: StrictBool = False
    seed: StrictInt | None = None
    features_to_explain: tuple[NameOrIndex, ...] | None = None
    text_config: TextConfig | None = None
    image_config: ImageConfig | None = None


class Pdp(Part):
    """Partial dependence."""

    grid_resolution: Annotated[StrictInt, Field(ge=1)]
    features: tuple[NameOrIndex, ...] | None = None
    top_k_features: Annotated[StrictInt, Field(ge=1)] = 10
