"""JMESPaths into time series: values with their missing ones, which a plain search leaves out."""

from collections.abc import Mapping
from typing import Any, cast

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.visitor import TreeInterpreter

from assay.errors import InputError

Node = Mapping[str, Any]
LISTS = ("projection", "flatten", "filter_projection")


class _Keeping(TreeInterpreter):
    """An interpreter that keeps null where a record has no value, so that lists stay parallel."""

    def visit_projection(self, node: Any, value: Any) -> Any:  # noqa: ANN401  jmespath's own form
        """Return the value of each element."""
        base = self.visit(node["children"][0], value)
        if not isinstance(base, list):
            return None
        return [self.visit(node["children"][1], each) for each in base]

    def visit_filter_projection(self, node: Any, value: Any) -> Any:  # noqa: ANN401
        """Return the value of each element that the filter lets pass."""
        base = self.visit(node["children"][0], value)
        if not isinstance(base, list):
            return None
        kept = [each for each in base if _is_true(self.visit(node["children"][2], each))]
        return [self.visit(node["children"][1], each) for each in kept]


def _is_true(value: object) -> bool:
    """Whether JMESPath takes a value for true: everything but null, false and what is empty."""
    return value is not None and value is not False and value not in ("", [], {})


def find_values(expression: str, document: object) -> list[object]:
    """Return the list that a JMESPath names, with null where a record has no value.

    Parameters
    ----------
    expression : str
    document : JSON value

    Raises
    ------
    InputError
        If it gives no list.

    Examples
    --------
    >>> find_values("[].y", [{"y": 1}, {"y": None}, {}])
    [1, None, None]
    """
    found = _visit(_parsed(expression), document, expression)
    if not isinstance(found, list):
        msg = (
            f"the JMESPath {expression!r} gives {type(found).__name__} in the data; it must give "
            "a list, such as [].value"
        )
        raise InputError(msg)
    return found


def find_by_item(expression: str, document: object) -> list[list[object]]:
    """Return the values that a JMESPath names within each element of the outermost list.

    Examples
    --------
    >>> document = [{"id": "a", "rows": [{"y": 1}, {}]}, {"id": "b", "rows": [{"y": 3}]}]
    >>> find_by_item("[].rows[].y", document), find_by_item("[].id", document)
    ([[1, None], [3]], [['a'], ['b']])
    """
    tree = _parsed(expression)
    outer = tree
    if outer["type"] not in LISTS:
        msg = f"the JMESPath {expression!r} must go through a list of items, such as [].value"
        raise InputError(msg)
    while outer["children"][0]["type"] in LISTS:
        outer = outer["children"][0]
    items = _visit(outer["children"][0], document, expression)
    if not isinstance(items, list):
        msg = f"the JMESPath {expression!r} finds no list of items in the data"
        raise InputError(msg)
    made = []
    for each in items:
        found = _visit(_with_base(tree, outer, [each]), None, expression)
        made.append(_flat(found))
    return made


def _flat(found: object) -> list[object]:
    """Return the values of one item; a list of one list, as ``[*].rows[*].y`` gives, is that."""
    listed = found if isinstance(found, list) else [found]
    if len(listed) == 1 and isinstance(listed[0], list):
        return listed[0]
    return listed


def _with_base(node: Node, outer: Node, base: list[object]) -> Node:
    """Return a tree in which a list stands where the outermost list was looked for."""
    first, *rest = node["children"]
    if node is outer:
        inner: Node = {"type": "literal", "value": base, "children": []}
    else:
        inner = _with_base(first, outer, base)
    return {**node, "children": [inner, *rest]}


def _parsed(expression: str) -> Node:
    try:
        return jmespath.compile(expression).parsed
    except JMESPathError as error:
        msg = f"{expression!r} is no JMESPath: {error}"
        raise InputError(msg) from error


def _visit(tree: Node, document: object, expression: str) -> object:
    try:
        return _Keeping().visit(cast("Any", tree), document)
    except JMESPathError as error:
        msg = f"the JMESPath {expression!r} cannot be used on the data: {error}"
        raise InputError(msg) from error
