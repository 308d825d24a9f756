"""One document as a sheet: what is read on paper, in a PDF, and in the handbook."""

from routebook.formats.sheets.as_markdown import to_markdown
from routebook.formats.sheets.of_document import sheet_of
from routebook.formats.sheets.sheet import Sheet
from routebook.formats.sheets.tree import pictures_of, tree_of

__all__ = ["Sheet", "pictures_of", "sheet_of", "to_markdown", "tree_of"]
