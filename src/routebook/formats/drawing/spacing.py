"""How much room the pieces of a drawing get: the y of rows and channels, the x of columns and channels, and the lanes.

A channel is the free strip beside a row or a column in which lines run; each net has a track of its own there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import ceil

from routebook.formats.drawing.anatomy import BAR, BOX_WIDTH, Anatomy
from routebook.formats.drawing.lettering import width_of, wrap
from routebook.formats.drawing.pieces import LANE_NAME_LINE, LaneArea, Rect
from routebook.formats.drawing.placing import Placing
from routebook.formats.drawing.routing import Course, Strand, tracks

LANE_NAME_SIZE = 12.0
LANE_NAME_WIDTH = 104.0
LANE_NAME_ROOM = LANE_NAME_WIDTH / 4
LANE_TOP, LANE_BOTTOM = 26.0, 18.0
MARGIN = 14.0
ROW_GAP = 18.0
BAND_GAP = 18.0
TRACK = 11.0
START_RADIUS = 10.0
START_CLEAR = 14.0
JOIN_WIDTH = BAR + 16.0


@dataclass(slots=True)
class Spacing:
    """The room of one drawing. `set` fills everything below `courses`, rows before columns: lines turn between rows."""

    parts: list[Anatomy]
    placing: Placing
    joins: frozenset[int]
    courses: list[Course]
    gutter: float = 0.0
    """The strip on the left that holds the names of the lanes and the start circle, and no line else."""
    width: float = 0.0
    height: float = 0.0
    lanes: list[LaneArea] = field(default_factory=list)
    middles: dict[int, float] = field(default_factory=dict)
    """The y of each row's middle."""
    across: dict[tuple[tuple[int, bool], int], float] = field(default_factory=dict)
    """The y of each net's track in a row channel."""
    along: dict[tuple[int, int], float] = field(default_factory=dict)
    """The x of each net's track in a column channel."""
    turning: dict[int, list[Course]] = field(default_factory=dict)
    """The courses that turn in each column channel."""
    columns: list[tuple[float, float]] = field(default_factory=list)
    """Left and right of each column; the box follows the room for a join, if one is in the column."""

    def set(self) -> Spacing:
        self.gutter = self._gutter()
        self.height = self._set_rows(self.gutter)
        self.width = self._set_columns(self.gutter)
        self.lanes = [replace(lane, area=replace(lane.area, width=self.width - 2)) for lane in self.lanes]
        return self

    def join_reach(self, place_: int) -> tuple[float, float]:
        """How far the bar of a join reaches above (negative) and below the middle of its row."""
        entries = [course.entry for course in self.courses if course.way.target == place_]
        return min(-20.0, *(at - 8 for at in entries), 0), max(20.0, *(at + 8 for at in entries), 0)

    # Rows

    def _gutter(self) -> float:
        names = [_name(lane.role) for lane in self.placing.lanes]
        widest = max((width_of(line, LANE_NAME_SIZE, bold=True) for name in names for line in name), default=0)
        return MARGIN + max(LANE_NAME_ROOM * ceil(widest / LANE_NAME_ROOM), 3 * START_RADIUS) + 6

    def _set_rows(self, gutter: float) -> float:
        """Set the y of rows and row channels from top to bottom; the height of the drawing."""
        ups, downs = self._reaches()
        channels = self._row_channels()
        y = 1.0
        band = 0
        for lane in self.placing.lanes:
            y += BAND_GAP if lane.band != band else 0
            band = lane.band
            top = y
            y += self._lane_top(lane.rows[0], lane.role, ups, channels)
            for row in lane.rows:
                y += ROW_GAP if row != lane.rows[0] else 0
                y = self._set_channel(channels, (row, False), y)
                self.middles[row] = y + ups[row]
                y = self._set_channel(channels, (row, True), y + ups[row] + downs[row])
            name = _name(lane.role)
            y = max(y + LANE_BOTTOM, top + 24 + LANE_NAME_LINE * len(name))
            name_area = Rect(MARGIN, top + 12, gutter - MARGIN - 4, LANE_NAME_LINE * len(name))
            self.lanes.append(LaneArea(lane.role, lane.band, Rect(1, top, 0, y - top), name, name_area))
        return y + 1

    def _reaches(self) -> tuple[dict[int, float], dict[int, float]]:
        """How far each row reaches above and below its middle."""
        ups: dict[int, float] = {}
        downs: dict[int, float] = {}
        for (row, _), part in zip(self.placing.cells, self.parts, strict=True):
            ups[row] = max(ups.get(row, 0), part.up)
            downs[row] = max(downs.get(row, 0), part.down)
        for place_ in self.joins:
            low, high = self.join_reach(place_)
            row = self.placing.cells[place_][0]
            ups[row], downs[row] = max(ups[row], -low), max(downs[row], high)
        return ups, downs

    def _lane_top(
        self, row: int, role: str, ups: dict[int, float], channels: dict[tuple[int, bool], dict[int, int]]
    ) -> float:
        """Room above a lane's first row; the start circle must come to stand below the lane's name."""
        if not self.placing.cells or row != self.placing.cells[0][0]:
            return LANE_TOP
        above = ups[row] + TRACK * (max(channels.get((row, False), {0: -1}).values()) + 1)
        return max(LANE_TOP, 12 + LANE_NAME_LINE * len(_name(role)) + START_CLEAR + START_RADIUS - above)

    def _row_channels(self) -> dict[tuple[int, bool], dict[int, int]]:
        """The tracks of the nets in each row channel."""
        strands: dict[tuple[int, bool], dict[int, list[Course]]] = {}
        for course in self.courses:
            if course.across is not None:
                strands.setdefault(course.across, {}).setdefault(course.net, []).append(course)
        return {
            channel: tracks([self._row_strand(channel, net, courses) for net, courses in nets.items()], 0.5)
            for channel, nets in strands.items()
        }

    def _row_strand(self, channel: tuple[int, bool], net: int, courses: list[Course]) -> Strand:
        row, below = channel
        above_ends: list[float] = []
        below_ends: list[float] = []
        for course in courses:
            from_below = course.way.cell[0] > row or (course.way.cell[0] == row and not below)
            (below_ends if from_below else above_ends).append(float(course.first or 0))
            (above_ends if below else below_ends).append(float(course.last or 0))
        ends = above_ends + below_ends
        return Strand(net, min(ends), max(ends), tuple(above_ends), tuple(below_ends))

    def _set_channel(
        self, channels: dict[tuple[int, bool], dict[int, int]], channel: tuple[int, bool], y: float
    ) -> float:
        """Set the tracks of one row channel below y; returns where it ends."""
        taken = channels.get(channel)
        if not taken:
            return y
        lead = 10.0 if channel[1] else 2.0
        for net, track in taken.items():
            self.across[channel, net] = y + lead + TRACK * track
        return y + 12 + TRACK * max(taken.values())

    # Columns

    def _set_columns(self, gutter: float) -> float:
        """Set the x of columns and column channels from left to right; the width of the drawing."""
        for course in self.courses:
            for column in dict.fromkeys((course.first, course.last)):
                if column is not None:
                    self.turning.setdefault(column, []).append(course)
        waits = {self.placing.cells[place_][1] for place_ in self.joins}
        widths = [0.0] * self.placing.columns
        for (_, column), part in zip(self.placing.cells, self.parts, strict=True):
            room = BOX_WIDTH + part.width + (JOIN_WIDTH if column in waits else 0)
            widths[column] = max(widths[column], room)
        x = gutter
        for column, width in enumerate(widths):
            x = self._set_track(column, x)
            self.columns.append((x + (JOIN_WIDTH if column in waits else 0), x + width))
            x += width
        return self._set_track(self.placing.columns, x, least=MARGIN) + 1

    def _set_track(self, column: int, x: float, *, least: float = 34.0) -> float:
        """Set the tracks of the column channel that starts at x; returns where it ends."""
        strands = self._column_strands(column)
        if not strands:
            return x + least
        taken = tracks(strands, 9.0)
        for net, track in taken.items():
            self.along[column, net] = x + 15 + TRACK * track
        return x + max(least, 15 + TRACK * max(taken.values()) + 21)

    def _column_strands(self, column: int) -> list[Strand]:
        before: dict[int, list[float]] = {}
        after: dict[int, list[float]] = {}
        for course in self.turning.get(column, ()):
            for came, left, where in self._turns(course, column):
                (after if came == "right" else before).setdefault(course.net, []).append(where[0])
                (after if left == "right" else before).setdefault(course.net, []).append(where[1])
        return [_strand(net, before.get(net, []), after.get(net, [])) for net in sorted({*before, *after})]

    def _turns(self, course: Course, column: int) -> Iterable[tuple[str, str, tuple[float, float]]]:
        """What a course does in a column channel: from which side it comes, to which it leaves, and the ys."""
        leaves_at = self.middles[course.way.cell[0]] + course.way.offset
        enters_at = self.middles[self.placing.cells[course.way.target][0]] + course.entry
        if course.across is None or course.first is None or course.last is None:
            if column in (course.first, course.last):
                yield "left", "right", (leaves_at, enters_at)
            return
        y = self.across[course.across, course.net]
        onwards = course.last > course.first
        if column == course.first:
            yield "left", "right" if onwards else "left", (leaves_at, y)
        if column == course.last:
            yield "left" if onwards else "right", "right", (y, enters_at)


def _name(role: str) -> tuple[str, ...]:
    return wrap(role, LANE_NAME_WIDTH, LANE_NAME_SIZE, 3, bold=True)


def _strand(net: int, before: list[float], after: list[float]) -> Strand:
    ends = before + after
    return Strand(net, min(ends), max(ends), tuple(before), tuple(after))
