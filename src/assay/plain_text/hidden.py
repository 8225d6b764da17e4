"""Hidden characters of foreign text: control characters, marks that turn or hide text."""

HIDDEN = {
    **{code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))},
    **{ord(short): repr(short)[1:-1] for short in "\n\r\t"},
    # Zero-width marks, line separators, bidirectional overrides, byte-order mark, surrogates.
    **{
        code: f"\\u{code:04x}"
        for first, last in (
            (0x061C, 0x061C),
            (0x200B, 0x200F),
            (0x2028, 0x202E),
            (0x2060, 0x206F),
            (0xD800, 0xDFFF),
            (0xFEFF, 0xFEFF),
            (0xFFFE, 0xFFFF),
        )
        for code in range(first, last + 1)
    },
}


def visible(text: str) -> str:
    r"""Return text from the data with every hidden character made visible.

    Control characters and marks that turn or hide text are written as in source code, so that a
    column name shows what it is and cannot rearrange the page. HTML is not escaped here.

    Examples
    --------
    >>> print(visible("age\nyears"))
    age\nyears
    """
    return text.translate(HIDDEN)


def visible_lines(text: str) -> str:
    r"""Return text as `visible` does, but keep its lines: for a config or a help text.

    Examples
    --------
    >>> print(visible_lines("seed: 1\nname: a\tb"))
    seed: 1
    name: a\tb
    """
    return "\n".join(visible(line) for line in text.split("\n"))
