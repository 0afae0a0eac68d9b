"""Large pictures: the current one, and its neighbours in advance."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

from PySide6.QtGui import QImage

from engine.errors import UserError
from gui import strings
from gui.jobs import Job, Jobs, Lane
from gui.widgets.decoding import decoded

SIDES = (1024, 2048, 4096)  # pixels of the longer side, in which pictures are requested
CACHE_BYTES = 96 * 2**20
SHORT_OF = 0.9  # a picture smaller than this share of the request has no more pixels


class PictureCache:
    """Caches the newest pictures. Only the one requested last by `ask` is announced."""

    def __init__(
        self,
        jobs: Jobs,
        fetch: Callable[[int, int], bytes],
        cache_bytes: int,
        came: Callable[[int], None],
        failed: Callable[[int, Exception], None],
    ) -> None:
        """`fetch` returns the JPEG of an item for a longer side in pixels, and is called in threads.

        `came` and `failed` get the item that `ask` requested.
        """
        self._jobs = jobs
        self._fetch = fetch
        self._capacity = cache_bytes
        self._on_answer = came
        self._failed = failed
        self._held: OrderedDict[int, tuple[int, QImage]] = OrderedDict()  # by item: requested side, picture
        self._jobs_under_way: dict[int, tuple[int, Job[QImage]]] = {}  # by item: requested side, job
        self._wanted: int | None = None  # the item requested by `ask`, until it is loaded
        self._looked_at: int | None = None

    @property
    def held_bytes(self) -> int:
        """The memory used by cached pictures, in bytes."""
        return sum(image.sizeInBytes() for _side, image in self._held.values())

    @property
    def waiting(self) -> bool:
        """Whether the requested picture is loading."""
        return self._wanted is not None

    def picture(self, item: int) -> QImage | None:
        """The best cached picture of an item; None if there is none."""
        held = self._held.get(item)
        return held[1] if held is not None else None

    def ask(self, item: int, wanted: int) -> None:
        """Request a picture with `wanted` pixels along the longer side, cancelling other requests."""
        side = _side(wanted)
        self._looked_at = item
        self._drop_all_but((item,))
        self._wanted = None
        if self._is_enough(item, side):
            self._held.move_to_end(item)
            return
        self._wanted = item
        self._begin(item, side)

    def ask_ahead(self, items: Iterable[int], wanted: int) -> None:
        """Prefetch pictures unless a requested one is loading. Other prefetching is cancelled."""
        if self._wanted is not None:
            return
        side = _side(wanted)
        items = tuple(items)
        self._drop_all_but(items)
        for item in items:
            if not self._is_enough(item, side):
                self._begin(item, side)

    def clear(self) -> None:
        """Cancel all requests and drop all pictures."""
        self._drop_all_but(())
        self._held.clear()
        self._wanted = self._looked_at = None

    def _is_enough(self, item: int, side: int) -> bool:
        held = self._held.get(item)
        if held is None:
            return False
        asked, image = held
        no_more = max(image.width(), image.height()) < asked * SHORT_OF
        return asked >= side or no_more

    def _begin(self, item: int, side: int) -> None:
        under_way = self._jobs_under_way.get(item)
        if under_way is not None:
            if under_way[0] >= side:
                return
            under_way[1].cancel()
        job = self._jobs.run(
            Lane.PICTURES,
            lambda: shown(self._fetch(item, side)),
            lambda image: self._keep(item, side, image),
            lambda error: self._fail(item, error),
        )
        self._jobs_under_way[item] = (side, job)

    def _drop_all_but(self, items: tuple[int, ...]) -> None:
        for item in [item for item in self._jobs_under_way if item not in items]:
            self._jobs_under_way.pop(item)[1].cancel()

    def _keep(self, item: int, side: int, image: QImage) -> None:
        del self._jobs_under_way[item]
        self._held[item] = (side, image)
        self._held.move_to_end(item)
        if self._looked_at is not None and self._looked_at in self._held:
            self._held.move_to_end(self._looked_at)  # a prefetched picture never evicts the current one
        while self.held_bytes > self._capacity and len(self._held) > 1:
            self._held.popitem(last=False)
        if item == self._wanted:
            self._wanted = None
            self._on_answer(item)

    def _fail(self, item: int, error: Exception) -> None:
        """Report a failure of the requested picture; a prefetched one fails again when requested."""
        del self._jobs_under_way[item]
        if item == self._wanted:
            self._wanted = None
            self._failed(item, error)


def _side(wanted: int) -> int:
    return next((side for side in SIDES if side >= wanted), SIDES[-1])


def shown(encoded: bytes) -> QImage:
    """Decode a picture; called in a thread. Raises UserError if it cannot be decoded."""
    image = decoded(encoded)
    if image.isNull():
        raise UserError(strings.PREVIEW_NOT_SHOWN)
    return image
