"""A whole library as a handbook: static pages in the reader's order, with links that work inside it."""

from routebook.formats.handbook.pages import Entry, Frame, Handbook, handbook_of, pages_of

__all__ = ["Entry", "Frame", "Handbook", "handbook_of", "pages_of"]
