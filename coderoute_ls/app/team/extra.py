"""Whether what a team needs is installed. Loads nothing of it."""

from importlib.util import find_spec

from coderoute_ls.errors import ConfigurationError


def check_extra() -> None:
    """Raises `ConfigurationError` where the extra ``team`` is not installed. Loads nothing of it."""
    if any(find_spec(name) is None for name in ("psycopg", "psycopg_pool", "cryptography", "jinja2")):
        raise ConfigurationError("A team's database needs its extra: install it with `pip install 'coderoute-ls[team]'`.")
