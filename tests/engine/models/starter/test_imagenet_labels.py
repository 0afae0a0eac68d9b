from __future__ import annotations

from engine.models.starter.imagenet_labels import CLASS_COUNT, read_labels


def test_labels_are_one_a_class() -> None:
    labels = read_labels()
    assert len(labels) == CLASS_COUNT
    assert labels[2].name == "great white shark"
    assert all(label.name and label.definition for label in labels)
