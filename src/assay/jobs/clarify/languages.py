"""Languages that a text_config may name: by code or by name, in any case."""

from difflib import get_close_matches

LANGUAGES: dict[str, str] = {
    "af": "afrikaans", "sq": "albanian", "ar": "arabic", "hy": "armenian", "eu": "basque",
    "bn": "bengali", "bg": "bulgarian", "ca": "catalan", "zh": "chinese", "hr": "croatian",
    "cs": "czech", "da": "danish", "nl": "dutch", "en": "english", "et": "estonian",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "gu": "gujarati",
    "he": "hebrew", "hi": "hindi", "hu": "hungarian", "is": "icelandic", "id": "indonesian",
    "ga": "irish", "it": "italian", "ja": "japanese", "kn": "kannada", "ky": "kyrgyz",
    "lv": "latvian", "lij": "ligurian", "lt": "lithuanian", "lb": "luxembourgish",
    "mk": "macedonian", "ml": "malayalam", "mr": "marathi", "xx": "multi-language",
    "ne": "nepali", "nb": "norwegian bokmål", "fa": "persian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sa": "sanskrit", "sr": "serbian",
    "tn": "setswana", "si": "sinhala", "sk": "slovak", "sl": "slovenian", "es": "spanish",
    "sv": "swedish", "tl": "tagalog", "ta": "tamil", "tt": "tatar", "te": "telugu",
    "th": "thai", "tr": "turkish", "uk": "ukrainian", "ur": "urdu", "vi": "vietnamese",
    "yo": "yoruba",
}  # fmt: skip
"""Code → name."""


def read_language(told: str) -> str:
    """Return the code of a language that is named or coded.

    Raises
    ------
    ValueError
        If there is none; near matches are named.

    Examples
    --------
    >>> read_language("English"), read_language("DE")
    ('en', 'de')
    """
    wanted = told.strip().lower().replace("_", " ")
    by_name = {name: code for code, name in LANGUAGES.items()}
    if wanted in LANGUAGES:
        return wanted
    if wanted in by_name:
        return by_name[wanted]
    if wanted.replace(" ", "-") == "multi-language":
        return "xx"
    near = get_close_matches(wanted, [*by_name, *LANGUAGES], n=1)
    meant = f"; did you mean {near[0]!r}?" if near else "; for example 'english' or 'en'"
    msg = f"names no language that is known, found {told!r}{meant}"
    raise ValueError(msg)
