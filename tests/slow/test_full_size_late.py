"""ColModernVBert at full size with random weights, through a folder on disk, against transformers itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.models.late_interaction.adapter import load_page_model
from engine.models.precision import Precision, Processor
from tests.engine.models.small_page_models import make_full_size_folder

TEXT = "What does the invoice of March say?"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_model_of_full_size_loaded_by_path_scores_as_transformers_does(tmp_path: Path) -> None:
    import torch
    from transformers import ColModernVBertForRetrieval, ColModernVBertProcessor

    folder = make_full_size_folder(tmp_path / "model")
    page = np.random.default_rng(0).integers(0, 256, (100, 70, 3), np.uint8)
    processor = ColModernVBertProcessor.from_pretrained(folder)
    network: Any = ColModernVBertForRetrieval.from_pretrained(folder)
    network.eval()
    with torch.inference_mode():
        pages = network(**processor.process_images(images=[Image.fromarray(page)])).embeddings
        queries = network(**processor.process_queries(text=[TEXT])).embeddings
    expected = float(processor.score_retrieval(queries, pages))
    del network
    for precision, tolerance in ((Precision.FLOAT32, 1e-3), (Precision.BFLOAT16, 0.3)):
        model = load_page_model(folder, "full", "1", Processor("cpu"), precision, pool_factor=1)
        query, (found,) = model.embed_query(TEXT), model.embed_pages([page])
        score = float((query.vectors @ found.vectors.T).max(axis=1).sum())
        assert abs(score - expected) < tolerance
        assert found.cells.shape == (16, 16)  # 2 x 2 tiles of 8 x 8 tokens
        assert query.vectors.shape[1] == model.identity.dimension == 128
