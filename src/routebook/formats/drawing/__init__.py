"""The map of a process as a picture: swimlanes by role, and the same in words."""

from routebook.formats.drawing.itinerary import itinerary
from routebook.formats.drawing.layout import layout
from routebook.formats.drawing.pieces import Layout
from routebook.formats.drawing.svg import STYLE, draw

__all__ = ["STYLE", "Layout", "draw", "itinerary", "layout"]
