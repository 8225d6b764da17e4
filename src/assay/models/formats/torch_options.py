"""What can be said of a PyTorch model with --model-option."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from assay.models.formats.format import FormatOptions
from assay.models.network_output import Meaning
from assay.models.network_rows import Nulls
from assay.models.torch_module import BATCH_ROWS, DType, TorchInput


class TorchOptions(FormatOptions):
    """Settings of a PyTorch model."""

    factory: str | None = Field(
        default=None,
        description="what builds the network that weights are put into: package.module:function "
        "or file.py:function",
    )
    factory_args: dict[str, JsonValue] = Field(
        default_factory=dict, description="arguments by name for the factory"
    )
    state_key: str | None = Field(
        default=None,
        description="entry of a checkpoint that holds the weights, such as model_state_dict",
    )
    strip_prefix: str = Field(
        default="",
        description="what all names of weights begin with and the network's do not, such as "
        "module.",
    )
    output: Meaning = Field(
        default="auto",
        description="what the network returns: logits, probability, number (regression), label "
        "(numbers of classes), or auto (probabilities where every row is non-negative and sums "
        "to 1)",
    )
    multilabel: bool = Field(default=False, description="whether a row may have several classes")
    output_name: str | int | None = Field(
        default=None,
        description="the output that counts, by name or number, where there are several",
    )
    input: Literal["matrix", "columns"] = Field(
        default="matrix",
        description="matrix: one tensor of all columns; columns: a keyword argument a column",
    )
    dtype: DType = Field(default="float32", description="type of the numbers that it reads")
    row_shape: tuple[Annotated[int, Field(gt=0)], ...] | None = Field(
        default=None, description="shape of one row where it is not flat, such as [1, 28, 28]"
    )
    nulls: Nulls = Field(
        default="refuse",
        description="missing values: refuse, nan, or the number to put in their place",
    )
    device: str = Field(default="cpu", description="where it runs, such as cpu or cuda")
    batch_rows: int = Field(default=BATCH_ROWS, gt=0, description="rows in one call")

    @property
    def takes(self) -> TorchInput:
        """How the network is given its rows."""
        return TorchInput(
            form=self.input,
            dtype=self.dtype,
            row_shape=self.row_shape,
            nulls=self.nulls,
            device=self.device,
            batch_rows=self.batch_rows,
            output_name=self.output_name,
        )
