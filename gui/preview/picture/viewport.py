"""The visible part of a picture and its zoom. Arithmetic only, no widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

STEP = 1.25  # factor of a zoom step or a notch of the wheel
MOST_ZOOM = 8.0  # relative to the fitting size; more if the actual size is larger
LARGEST_PIXELS = 4.0  # relative to the actual size, for small pictures
CLOSE_ZOOM = STEP**4  # used if the actual size is about the fitting size
SAME = 0.02
MIDDLE = QPointF(0.5, 0.5)
_LEAST = QSizeF(1, 1)


class Viewport:
    """Lengths are logical pixels of the widget; a spot of the picture is given as fractions of it."""

    def __init__(self, margin: float) -> None:
        self._margin = margin
        self._room = QSizeF(_LEAST)
        self._shape = QSizeF(_LEAST)
        self._own = QSizeF(_LEAST)
        self._zoom = 1.0
        self._centre = QPointF(MIDDLE)  # the spot of the picture in the centre of the view

    @property
    def zoom(self) -> float:
        """The size relative to the fitting size."""
        return self._zoom

    @property
    def scale(self) -> float:
        """The size relative to the actual size, at which a pixel of the picture is one of the screen."""
        return self._zoom / self._own_zoom()

    @property
    def fits(self) -> bool:
        """Whether the picture has the fitting size."""
        return abs(self._zoom - 1.0) < 1e-9

    @property
    def beyond(self) -> bool:
        """Whether part of the picture is out of view."""
        size = self.area().size()
        return size.width() > self._room.width() + 0.5 or size.height() > self._room.height() + 0.5

    def begin(self, shape: QSizeF, own: QSizeF) -> None:
        """Start another picture at the fitting size. `own`: its actual size in logical pixels."""
        self._shape = shape.expandedTo(_LEAST)
        self._own = own.expandedTo(_LEAST)
        self._zoom = 1.0
        self._centre = QPointF(MIDDLE)

    def take_shape(self, shape: QSizeF) -> None:
        """Set the exact proportions of the picture, once it is loaded."""
        self._shape = shape.expandedTo(_LEAST)

    def resize(self, room: QSizeF) -> None:
        """Set the size of the widget. A fitting picture stays fitting, a zoomed one keeps its scale."""
        before = self._fitting().width()
        self._room = room.expandedTo(_LEAST)
        if not self.fits:
            self._zoom = self._allowed(self._zoom * before / self._fitting().width())
        self.look_at(self._centre)

    def area(self) -> QRectF:
        """The place of the whole picture in the widget, beyond its edges when zoomed in."""
        size = self._fitting() * self._zoom
        left = _along(self._room.width(), size.width(), self._centre.x())
        top = _along(self._room.height(), size.height(), self._centre.y())
        return QRectF(QPointF(left, top), size)

    def spot(self, place: QPointF) -> QPointF:
        """The spot of the picture at a point of the widget; outside 0 to 1 beside the picture."""
        area = self.area()
        return QPointF((place.x() - area.left()) / area.width(), (place.y() - area.top()) / area.height())

    def fit(self) -> None:
        """Zoom to the fitting size."""
        self.zoom_to(1.0)

    def toggle_own_size(self, anchor: QPointF | None = None) -> None:
        """Zoom to the actual size, or back to the fitting size. `anchor`: as for `zoom_to`."""
        if not self.fits:
            self.fit()
            return
        own = self._own_zoom()
        self.zoom_to(own if abs(own - 1.0) > SAME else CLOSE_ZOOM, anchor)

    def own_size(self) -> None:
        """Zoom to the actual size."""
        self.zoom_to(self._own_zoom())

    def zoom_to(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zoom, within limits.

        `anchor`: the point of the widget to keep over the same spot; None for its centre.
        """
        middle = QPointF(self._room.width() / 2, self._room.height() / 2)
        place = middle if anchor is None else anchor
        spot = self.spot(place)
        self._zoom = self._allowed(zoom)
        size = self._fitting() * self._zoom
        away = middle - place
        self.look_at(QPointF(spot.x() + away.x() / size.width(), spot.y() + away.y() / size.height()))

    def move(self, by: QPointF) -> None:
        """Move the picture by so many pixels, as by dragging it."""
        size = self.area().size()
        self.look_at(self._centre - QPointF(by.x() / size.width(), by.y() / size.height()))

    def bring_in(self, place: QRectF) -> None:
        """Move as little as possible to show `place`, in the widget; if it is too large, its middle."""
        across = _overhang(place.left(), place.right(), self._margin, self._room.width() - self._margin)
        down = _overhang(place.top(), place.bottom(), self._margin, self._room.height() - self._margin)
        self.move(QPointF(-across, -down))

    def look_at(self, centre: QPointF) -> None:
        """Move the spot `centre` to the centre of the view, without leaving gaps."""
        size = self._fitting() * self._zoom
        self._centre = QPointF(
            _clamp_centre(centre.x(), self._room.width() / size.width()),
            _clamp_centre(centre.y(), self._room.height() / size.height()),
        )

    def _fitting(self) -> QSizeF:
        air = QSizeF(2 * self._margin, 2 * self._margin)
        room = (self._room - air).expandedTo(_LEAST)
        return self._shape.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(_LEAST)

    def _own_zoom(self) -> float:
        fitting = self._fitting()
        return max(self._own.width(), self._own.height()) / max(fitting.width(), fitting.height())

    def _allowed(self, zoom: float) -> float:
        own = self._own_zoom()
        return min(max(zoom, min(1.0, own)), max(MOST_ZOOM, own * LARGEST_PIXELS))


def _along(room: float, length: float, centre: float) -> float:
    """The position of the picture in one direction: centred, or without a gap."""
    if length <= room:
        return (room - length) / 2
    return min(max(room / 2 - centre * length, room - length), 0.0)


def _clamp_centre(centre: float, seen: float) -> float:
    """Limit the centre. `seen`: the share of the picture that fits the widget, in one direction."""
    return 0.5 if seen >= 1 else min(max(centre, seen / 2), 1 - seen / 2)


def _overhang(start: float, end: float, first: float, last: float) -> float:
    """How far a range extends beyond the visible one; negative before its start."""
    if end - start > last - first:
        return (start + end - first - last) / 2
    return min(start - first, 0.0) + max(end - last, 0.0)
