from __future__ import annotations

from engine.models.starter.label_names import CLASSES, read_labels


def test_labels_are_one_a_class() -> None:
    labels = read_labels()
    assert len(labels) == CLASSES
    assert labels[2].name == "great white shark"
    assert all(label.name and label.definition for label in labels)
