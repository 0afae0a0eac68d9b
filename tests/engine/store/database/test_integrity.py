"""Values that no column of the catalogue can have are found once something went wrong."""

from __future__ import annotations

import pytest

from engine.store.database.integrity import find_damage
from tests.engine.store.conftest import Store


def test_a_sound_catalogue_has_none(store: Store) -> None:
    store.scan(("a.pdf", 10), ("b.jpg", 10))
    store.read("a.pdf", b"a", pages=2)
    assert find_damage(store.database.path) is None
    assert find_damage(store.folder / "nothing.sqlite") is None


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        ("UPDATE folder SET path = x'2f0061'", "folder.path"),
        ("UPDATE file SET path = 5", "file.path"),
        ("UPDATE file SET mtime_ns = 'then'", "file.mtime_ns"),
        ("UPDATE content SET title = x'ff'", "content.title"),
        ("UPDATE item SET width = 'wide'", "item.width"),
        ("UPDATE vector SET shape = x'00'", "vector.shape"),
    ],
)
def test_a_value_that_cannot_be_is_named(store: Store, statement: str, column: str) -> None:
    store.scan(("a.pdf", 10))
    store.read("a.pdf", b"a", pages=1)
    with store.database.transaction() as db:
        db.execute(statement)
    found = find_damage(store.database.path)
    assert found is not None
    assert f"a value of {column} cannot be" in found.message
    assert found.remedy
