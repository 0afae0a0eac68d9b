from __future__ import annotations

import pytest

from engine.models.precision import Precision, Processor, choose_precision, detect_processor


@pytest.mark.parametrize(
    ("processor", "expected"),
    [
        (Processor("cpu"), Precision.FLOAT32),
        (Processor("cpu", amx_bfloat16=True), Precision.BFLOAT16),
        (Processor("cuda", capability=6), Precision.FLOAT32),
        (Processor("cuda", capability=7), Precision.FLOAT16),
        (Processor("cuda", capability=8), Precision.BFLOAT16),
        (Processor("cuda", capability=9), Precision.BFLOAT16),
        (Processor("mps"), Precision.FLOAT32),
        (Processor("mps", amx_bfloat16=True), Precision.FLOAT32),
    ],
)
def test_half_precision_only_where_it_was_found_to_gain(processor: Processor, expected: Precision) -> None:
    assert choose_precision(processor) is expected


def test_this_machine_is_recognised() -> None:
    import torch

    processor = detect_processor()
    assert torch.ones(2, device=processor.kind).sum().item() == 2
    assert (processor.capability > 0) == (processor.kind == "cuda")
