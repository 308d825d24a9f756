"""Printed matter: PDF and PNG, typeset by Typst in a process of its own.

What stands on the paper is decided in `formats.sheets`; here are only the templates, the fonts and the press.
"""

from routebook.paper.handbook import bind
from routebook.paper.imprint import Imprint
from routebook.paper.map_page import map_pdf, map_png
from routebook.paper.press import PaperError
from routebook.paper.sheet_pages import sheet_pdf

__all__ = ["Imprint", "PaperError", "bind", "map_pdf", "map_png", "sheet_pdf"]
