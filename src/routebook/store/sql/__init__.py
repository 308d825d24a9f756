"""Hand-written statements, one file each, in a folder per database.

They name the columns that `models` gives the tables; the journal's contract tests run all of them on both.
"""

from functools import cache
from importlib.resources import files


@cache
def statement(vendor: str, name: str) -> str:
    """The text of ``<vendor>/<name>.sql``, in one line, without its comments."""
    text = (files(__name__) / vendor / f"{name}.sql").read_text(encoding="utf-8")
    lines = (line.partition("-- ")[0].strip() for line in text.splitlines())
    return " ".join(line for line in lines if line)
