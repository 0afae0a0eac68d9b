"""Which part of a picture is seen, and how large: lengths and places only, no widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

STEP = 1.25  # of one zoom step, and of one notch of the wheel
MOST_ZOOM = 8.0  # times the size that fits; further where the picture's own pixels lie beyond
LARGEST_PIXELS = 4.0  # times its own size, however small it is drawn when it fits
CLOSE_ZOOM = STEP**4  # where the own size and the one that fits are as good as the same
SAME = 0.02
MIDDLE = QPointF(0.5, 0.5)
_LEAST = QSizeF(1, 1)


class Viewport:
    """Lengths are logical pixels of the widget; a spot of the picture is in fractions of it."""

    def __init__(self, margin: float) -> None:
        self._margin = margin
        self._room = QSizeF(_LEAST)
        self._shape = QSizeF(_LEAST)
        self._own = QSizeF(_LEAST)
        self._zoom = 1.0
        self._centre = QPointF(MIDDLE)  # of what is seen

    @property
    def zoom(self) -> float:
        """Times the size that fits."""
        return self._zoom

    @property
    def scale(self) -> float:
        """Times the picture's own size, at which one of its pixels is one of the screen's."""
        return self._zoom / self._own_zoom()

    @property
    def fits(self) -> bool:
        return abs(self._zoom - 1.0) < 1e-9

    @property
    def beyond(self) -> bool:
        """Whether there is more of the picture than is seen."""
        size = self.area().size()
        return size.width() > self._room.width() + 0.5 or size.height() > self._room.height() + 0.5

    def begin(self, shape: QSizeF, own: QSizeF) -> None:
        """Another picture, all of it; `own`: its own size in logical pixels."""
        self._shape = shape.expandedTo(_LEAST)
        self._own = own.expandedTo(_LEAST)
        self._zoom = 1.0
        self._centre = QPointF(MIDDLE)

    def take_shape(self, shape: QSizeF) -> None:
        """The same picture, whose sides are known more exactly now."""
        self._shape = shape.expandedTo(_LEAST)

    def resize(self, room: QSizeF) -> None:
        """What fits goes on fitting; what is zoomed keeps its scale."""
        before = self._fitting().width()
        self._room = room.expandedTo(_LEAST)
        if not self.fits:
            self._zoom = self._allowed(self._zoom * before / self._fitting().width())
        self.look_at(self._centre)

    def area(self) -> QRectF:
        """Where the whole picture lies in the widget; beyond its edges when zoomed in."""
        size = self._fitting() * self._zoom
        left = _along(self._room.width(), size.width(), self._centre.x())
        top = _along(self._room.height(), size.height(), self._centre.y())
        return QRectF(QPointF(left, top), size)

    def spot(self, place: QPointF) -> QPointF:
        """What of the picture lies at a place in the widget; outside of 0 to 1 beside it."""
        area = self.area()
        return QPointF((place.x() - area.left()) / area.width(), (place.y() - area.top()) / area.height())

    def fit(self) -> None:
        self.zoom_to(1.0)

    def toggle_own_size(self, anchor: QPointF | None = None) -> None:
        """To the picture's own pixels, or back to all of it."""
        if not self.fits:
            self.fit()
            return
        own = self._own_zoom()
        self.zoom_to(own if abs(own - 1.0) > SAME else CLOSE_ZOOM, anchor)

    def own_size(self) -> None:
        self.zoom_to(self._own_zoom())

    def zoom_to(self, zoom: float, anchor: QPointF | None = None) -> None:
        """`anchor`: the place in the widget that stays over the same spot of the picture."""
        middle = QPointF(self._room.width() / 2, self._room.height() / 2)
        place = middle if anchor is None else anchor
        spot = self.spot(place)
        self._zoom = self._allowed(zoom)
        size = self._fitting() * self._zoom
        away = middle - place
        self.look_at(QPointF(spot.x() + away.x() / size.width(), spot.y() + away.y() / size.height()))

    def move(self, by: QPointF) -> None:
        """Take hold of the picture and pull it that far."""
        size = self.area().size()
        self.look_at(self._centre - QPointF(by.x() / size.width(), by.y() / size.height()))

    def bring_in(self, place: QRectF) -> None:
        """Move no further than it takes to see a place in the widget; of a larger one, its middle."""
        across = _overhang(place.left(), place.right(), self._margin, self._room.width() - self._margin)
        down = _overhang(place.top(), place.bottom(), self._margin, self._room.height() - self._margin)
        self.move(QPointF(-across, -down))

    def look_at(self, centre: QPointF) -> None:
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
    """Where the picture begins in one direction: in the middle, or never leaving a gap."""
    if length <= room:
        return (room - length) / 2
    return min(max(room / 2 - centre * length, room - length), 0.0)


def _clamp_centre(centre: float, seen: float) -> float:
    """`seen`: how much of the picture fits into the widget, in one direction."""
    return 0.5 if seen >= 1 else min(max(centre, seen / 2), 1 - seen / 2)


def _overhang(start: float, end: float, first: float, last: float) -> float:
    """How far a stretch reaches beyond the first or the last that is seen."""
    if end - start > last - first:
        return (start + end - first - last) / 2
    return min(start - first, 0.0) + max(end - last, 0.0)
