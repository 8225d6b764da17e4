"""How asking about some rows can fail where asking about fewer may not."""

from assay.errors import ModelError


class RowsRefusedError(ModelError):
    """The service works, and answered that it cannot predict these rows."""


class TooManyRowsError(RowsRefusedError):
    """A request is larger than the service, or the user's own limit, allows."""
