"""A pickle in, an inert picture of what it would build out: nothing is imported or called.

The instructions of all protocols (0 to 5) are followed on a stack of plain values; where one
would import, call or build something, a note of it takes its place. joblib puts the bytes of
arrays between the instructions; they are passed over as joblib itself would read them.
"""

import pickletools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

import numpy as np

from assay.models.formats.pickle_stream import PickleStream, UnreadableStreamError

MAX_STEPS = 3_000_000
MAX_TEXT_BYTES = 2**20
"""Arrays of text up to this size are read; the bytes of others are passed over."""
DTYPE = re.compile(r"[<>|=]?([a-zA-Z])(\d+)(\[.*\])?")
WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
ARRAY_STATE = 5
"""Length of numpy's own state of an array: version, shape, dtype, order, content."""


class Name(NamedTuple):
    """Something that would be imported."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class Made:
    """Something that would be made by calling `maker`."""

    maker: Any
    args: Any = ()
    state: Any = None
    array: Any = None

    @property
    def of(self) -> Name | None:
        """The class; where a helper of copyreg makes it, the one that it is told."""
        maker = self.maker
        if isinstance(maker, Name) and maker.module in ("copyreg", "copy_reg"):
            maker = self.args[0] if isinstance(self.args, tuple) and self.args else None
        return maker if isinstance(maker, Name) else None


@dataclass(eq=False)
class PickleContent:
    """What a pickle would do.

    Parameters
    ----------
    names : dict of Name to None
        What would be imported, in order.
    called : dict of Name to None
        Which of these would be called.
    states : list of Made
        All objects with a state of named values, in the order in which they are finished.
    top : object
        What would be returned: plain values, `Name` and `Made`.
    protocol : int
        The first version of the instructions that has all that are used.
    stopped : str
        Why the rest was not read; "" where all was.
    """

    names: dict[Name, None] = field(default_factory=dict)
    called: dict[Name, None] = field(default_factory=dict)
    states: list[Made] = field(default_factory=list)
    top: Any = None
    protocol: int = 0
    stopped: str = ""
    steps: int = 0


class DamagedPickleError(ValueError):
    """The instructions make no sense or end too early."""


def follow(stream: PickleStream) -> PickleContent:
    """Follow the instructions of a pickle, as far as they can be understood."""
    content = PickleContent()
    try:
        content.top = _Machine(stream, content).run()
    except (
        DamagedPickleError,
        UnreadableStreamError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        EOFError,
        MemoryError,
    ) as error:
        content.stopped = " ".join(str(error).split())[:200] or type(error).__name__
    return content


_MARK = object()
_UNKNOWN = object()


class _Machine:
    """The stack, and what each instruction does to it."""

    def __init__(self, stream: PickleStream, content: PickleContent) -> None:
        self._stream, self._content = stream, content
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> Any:  # noqa: ANN401  plain values and notes
        for opcode, arg, _ in pickletools.genops(self._stream):  # type: ignore[arg-type]
            self._content.steps += 1
            self._content.protocol = max(self._content.protocol, opcode.proto)
            if self._content.steps > MAX_STEPS:
                msg = f"only the first {MAX_STEPS:,} instructions were looked at"
                raise DamagedPickleError(msg)
            if opcode.name == "STOP":
                return self._stack.pop()
            act = _ACTIONS.get(opcode.name)
            if act is not None:
                act(self, arg)
            elif opcode.name not in _SILENT:
                self._stack.append(arg)
        return None

    def _marked(self) -> list[Any]:
        """Take what is above the last mark."""
        taken: list[Any] = []
        while (top := self._stack.pop()) is not _MARK:
            taken.append(top)
        return taken[::-1]

    def push_mark(self, _: object) -> None:
        self._stack.append(_MARK)

    def push_unknown(self, _: object) -> None:
        self._stack.append(_UNKNOWN)

    def pop(self, _: object) -> None:
        self._stack.pop()

    def pop_unknown(self, _: object) -> None:
        self._stack[-1] = _UNKNOWN

    def pop_mark(self, _: object) -> None:
        self._marked()

    def dup(self, _: object) -> None:
        self._stack.append(self._stack[-1])

    def none(self, _: object) -> None:
        self._stack.append(None)

    def true(self, _: object) -> None:
        self._stack.append(True)

    def false(self, _: object) -> None:
        self._stack.append(False)

    def put(self, place: int) -> None:
        self._memo[int(place)] = self._stack[-1]

    def memoize(self, _: object) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def get(self, place: int) -> None:
        self._stack.append(self._memo[int(place)])

    def empty_list(self, _: object) -> None:
        self._stack.append([])

    def empty_dict(self, _: object) -> None:
        self._stack.append({})

    def empty_tuple(self, _: object) -> None:
        self._stack.append(())

    def make_list(self, _: object) -> None:
        self._stack.append(self._marked())

    def make_tuple(self, _: object) -> None:
        self._stack.append(tuple(self._marked()))

    def make_tuple_of(self, length: int) -> None:
        items = tuple(self._stack[-length:])
        del self._stack[-length:]
        self._stack.append(items)

    def make_dict(self, _: object) -> None:
        items = self._marked()
        made: dict[Any, Any] = {}
        _set_items(made, items)
        self._stack.append(made)

    def append(self, _: object) -> None:
        item = self._stack.pop()
        _extend(self._stack[-1], [item])

    def extend(self, _: object) -> None:
        items = self._marked()
        _extend(self._stack[-1], items)

    def set_item(self, _: object) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        _set_items(self._stack[-1], [key, value])

    def set_items(self, _: object) -> None:
        items = self._marked()
        _set_items(self._stack[-1], items)

    def name(self, arg: str) -> None:
        module, _, name = arg.partition(" ")
        self._stack.append(self._named(module, name))

    def stack_name(self, _: object) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        known = isinstance(module, str) and isinstance(name, str)
        self._stack.append(self._named(module, name) if known else self._named("?", "?"))

    def extension(self, code: int) -> None:
        self._stack.append(self._named("copyreg", f"extension {code}"))

    def instance(self, arg: str) -> None:
        module, _, name = arg.partition(" ")
        self._make(self._named(module, name), tuple(self._marked()))

    def made_object(self, _: object) -> None:
        maker, *args = self._marked()
        self._make(maker, tuple(args))

    def call(self, _: object) -> None:
        args = self._stack.pop()
        self._make(self._stack.pop(), args)

    def call_with_names(self, _: object) -> None:
        self._stack.pop()
        self.call(None)

    def build(self, _: object) -> None:
        state = self._stack.pop()
        made = self._stack[-1]
        if not isinstance(made, Made):
            return
        made.state = state
        if isinstance(_values(made), dict):
            self._content.states.append(made)
        if made.of == WRAPPER:
            made.array = self._read_array(_values(made))
        elif isinstance(state, tuple) and len(state) == ARRAY_STATE:
            made.array = _array(state[1], state[2], state[4])

    def _named(self, module: str, name: str) -> Name:
        found = Name(module, name)
        self._content.names[found] = None
        return found

    def _make(self, maker: Any, args: Any) -> None:  # noqa: ANN401
        if isinstance(maker, Name):
            self._content.called[maker] = None
        made = Made(maker, args)
        if isinstance(maker, Name) and maker.name == "_frombuffer" and len(args) == 4:
            made.array = _array(args[2], args[1], args[0])
        self._stack.append(made)

    def _read_array(self, about: dict[str, Any]) -> Any:  # noqa: ANN401
        """Pass over the bytes of an array of joblib, and return it where it is short text."""
        letter, size = _dtype(about.get("dtype"))
        if letter == "O":
            inner = _Machine(self._stream, self._content).run()
            return inner.array if isinstance(inner, Made) else None
        if "numpy_array_alignment_bytes" in about:
            self._stream.skip(self._stream.read(1)[0])
        length = prod(about["shape"]) * size
        content: bytes | None = None
        if length <= MAX_TEXT_BYTES:
            content = self._stream.read(length)
        if (self._stream.skip(length) if content is None else len(content)) < length:
            msg = "it ends within an array"
            raise DamagedPickleError(msg)
        return _array(about["shape"], about.get("dtype"), content)


def _values(made: Made) -> Any:  # noqa: ANN401
    """Return a state's named values, where it is a mapping or a pair with one."""
    state = made.state
    if isinstance(state, tuple) and len(state) == 2:
        state = state[0] if isinstance(state[0], dict) else state[1]
    return state


def values_of(made: object) -> dict[str, Any]:
    """Return the named values of an object's state; {} where it has none."""
    found = _values(made) if isinstance(made, Made) else None
    return found if isinstance(found, dict) else {}


def _dtype(dtype: object) -> tuple[str, int]:
    """Return the letter and the item size of a dtype that would be made; ("", 0) if unclear."""
    args = dtype.args if isinstance(dtype, Made) else ()
    code = args[0] if isinstance(args, tuple) and args else ""
    found = DTYPE.fullmatch(code) if isinstance(code, str) else None
    if found is None:
        msg = "an array of an unknown type"
        raise DamagedPickleError(msg)
    letter, count = found[1], int(found[2])
    return letter, 4 * count if letter == "U" else count


def _array(shape: object, dtype: object, content: object) -> list[Any] | None:
    """Return the values of a short array in one dimension; None of others."""
    try:
        letter, size = _dtype(dtype)
    except DamagedPickleError:
        return None
    if not isinstance(shape, tuple) or len(shape) != 1:
        return None
    if isinstance(content, list):
        return content if letter == "O" else None
    if isinstance(content, str):  # protocols 0 to 2 write bytes as text
        content = content.encode("latin-1", "replace")
    if isinstance(content, Made) and isinstance(content.args, tuple) and content.args:
        text = content.args[0]
        content = text.encode("latin-1", "replace") if isinstance(text, str) else None
    if (
        not isinstance(content, bytes | bytearray)
        or letter not in "USbiuf"
        or len(content) > MAX_TEXT_BYTES
    ):
        return None
    count = size // 4 if letter == "U" else size
    swapped = _is_swapped(dtype)
    return np.frombuffer(content, dtype=f"{'>' if swapped else '<'}{letter}{count}").tolist()


def _is_swapped(dtype: object) -> bool:
    state = dtype.state if isinstance(dtype, Made) else None
    return isinstance(state, tuple) and len(state) > 1 and state[1] == ">"


def _extend(target: object, items: list[Any]) -> None:
    if isinstance(target, list):
        target.extend(items)


def _set_items(target: object, items: list[Any]) -> None:
    if isinstance(target, dict):
        for key, value in zip(items[::2], items[1::2], strict=True):
            if isinstance(key, str | int | float | bool | bytes | None):
                target[key] = value


_ACTIONS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.push_mark,
    "POP": _Machine.pop,
    "POP_MARK": _Machine.pop_mark,
    "DUP": _Machine.dup,
    "NONE": _Machine.none,
    "NEWTRUE": _Machine.true,
    "NEWFALSE": _Machine.false,
    "PUT": _Machine.put,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize,
    "GET": _Machine.get,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "EMPTY_LIST": _Machine.empty_list,
    "LIST": _Machine.make_list,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.extend,
    "EMPTY_TUPLE": _Machine.empty_tuple,
    "TUPLE": _Machine.make_tuple,
    "TUPLE1": lambda machine, _: machine.make_tuple_of(1),
    "TUPLE2": lambda machine, _: machine.make_tuple_of(2),
    "TUPLE3": lambda machine, _: machine.make_tuple_of(3),
    "EMPTY_DICT": _Machine.empty_dict,
    "DICT": _Machine.make_dict,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "EMPTY_SET": _Machine.empty_list,
    "ADDITEMS": _Machine.extend,
    "FROZENSET": _Machine.make_list,
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": _Machine.stack_name,
    "EXT1": _Machine.extension,
    "EXT2": _Machine.extension,
    "EXT4": _Machine.extension,
    "INST": _Machine.instance,
    "OBJ": _Machine.made_object,
    "NEWOBJ": _Machine.call,
    "NEWOBJ_EX": _Machine.call_with_names,
    "REDUCE": _Machine.call,
    "BUILD": _Machine.build,
    "PERSID": _Machine.push_unknown,
    "BINPERSID": _Machine.pop_unknown,
    "NEXT_BUFFER": _Machine.push_unknown,
}
_SILENT = frozenset({"PROTO", "FRAME", "READONLY_BUFFER"})
