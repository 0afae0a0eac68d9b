"""What models made that nobody uses any more is dropped after a month."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Cancelled
from engine.store.items.unused_models import BATCH, DAY, KEPT_DAYS, UnusedModels
from tests.engine.store.conftest import MODEL, Store


class Calendar:
    def __init__(self) -> None:
        self.day = 20_000

    def __call__(self) -> float:
        return float(self.day * DAY)


def count(store: Store, table: str) -> int:
    with store.database.read() as db:
        return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def models(store: Store, calendar: Calendar) -> UnusedModels:
    return UnusedModels(store.database, calendar)


def nothing() -> None:
    pass


def after(calls: int) -> Callable[[], None]:
    """Raises at that call."""
    left = [calls]

    def checkpoint() -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise Cancelled

    return checkpoint


def test_a_model_is_given_up_a_month_after_it_was_used_last(
    store: Store, models: UnusedModels, calendar: Calendar
) -> None:
    models.note_used({store.model})
    calendar.day += KEPT_DAYS
    assert models.expired() == []
    calendar.day += 1
    assert models.expired() == [store.model]
    models.note_used({store.model})
    assert models.expired() == []


def test_a_day_is_written_down_once(store: Store, models: UnusedModels) -> None:
    models.note_used({store.model})
    with store.database.read() as db:
        before = db.execute("PRAGMA data_version").fetchone()
        models.note_used({store.model})
        assert db.execute("PRAGMA data_version").fetchone() == before


def test_all_that_a_model_made_goes_with_it(store: Store, models: UnusedModels) -> None:
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    store.read("a.jpg", b"a")
    store.read("b.jpg", b"b")
    models.drop(store.model, nothing)
    assert [count(store, table) for table in ("vector", "vector_removal")] == [0, 0]
    assert count(store, "item") == 2
    assert store.contents.find_model(MODEL) is None


def test_who_is_stopped_goes_on_with_the_next_call(store: Store, models: UnusedModels) -> None:
    store.scan(("a.pdf", 10))
    store.read("a.pdf", b"a", pages=BATCH + 1)
    with pytest.raises(Cancelled):
        models.drop(store.model, after(calls=2))
    assert count(store, "vector") == 1
    assert store.contents.find_model(MODEL) == store.model
    models.drop(store.model, nothing)
    assert count(store, "vector") == 0
    assert store.contents.find_model(MODEL) is None


def test_the_number_of_a_dropped_model_is_not_given_to_another(
    store: Store, models: UnusedModels, calendar: Calendar
) -> None:
    models.drop(store.model, nothing)
    assert store.contents.model_id(MODEL) != store.model
    calendar.day += 10 * KEPT_DAYS
    assert store.model not in models.expired()
