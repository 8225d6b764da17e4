"""Where a database is, with what must not be shown."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from assay.data.sources.secrets import HIDDEN, is_secret, refuse_hidden
from assay.errors import InputError

MAX_SHOWN = 300


@dataclass(frozen=True)
class Address:
    """A connection URL taken apart.

    Parameters
    ----------
    url : str
        As it was given, with its password; never shown.
    dialect : str
        In lower case, without a driver: "postgresql".
    place : str
        What may be shown: dialect, host, port and database.
    secrets : tuple of str
        Texts that must not be shown.
    """

    url: str
    dialect: str
    place: str
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        """Show nothing secret."""
        return f"Address({self.place})"

    def clean(self, text: str, limit: int = MAX_SHOWN) -> str:
        """Return somebody else's words on one line, shortened, without the URL's secrets."""
        for secret in (self.url, *self.secrets):
            text = text.replace(secret, HIDDEN)
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return text if len(text) <= limit else f"{text[: limit - 1]}…"


def read_address(url: str) -> Address:
    """Take a connection URL apart.

    Raises
    ------
    InputError
        If it is none; the message does not repeat it.

    Examples
    --------
    >>> read_address("postgresql://ann:pass@db:5432/shop?sslmode=require").place
    'postgresql://db:5432/shop'
    """
    scheme, _, rest = url.partition("://")
    name = scheme.split("+")[0].lower()
    dialect = {"postgres": "postgresql"}.get(name, name)
    parts = urlsplit(f"{dialect}://{rest}")
    login, _, host = parts.netloc.rpartition("@")
    if dialect != "sqlite" and (rest.count("@") > 1 or rest.count("@") != parts.netloc.count("@")):
        msg = (
            f"the {dialect} URL has an @, /, ? or # in its user or password; percent-encode it "
            "(%40, %2F, %3F, %23), or leave the password out and give it in the environment"
        )
        raise InputError(msg)
    refuse_hidden(f"the {dialect} URL", f"{login}?{parts.query}")
    password = login.partition(":")[2]
    secrets = {password, unquote(password)}
    secrets |= {value for key, value in parse_qsl(parts.query) if is_secret(key)}
    longest_first = sorted(secrets - {""}, key=len, reverse=True)
    place = f"{dialect}://{host}{parts.path}"
    return Address(f"{dialect}://{rest}", dialect, place, tuple(longest_first))
