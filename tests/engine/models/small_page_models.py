"""Real page models of the ColPali family, small enough to make in a second: transformers' own classes with
random weights and a tokenizer made on the spot, in the files models come in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from engine.models.late_interaction.page_model_folder import Family

_WORDS = ("What does the invoice of March say about capital expenditure, and where is the table?",)
_TILE_TAGS = tuple(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7))
_SPECIAL: dict[Family, tuple[str, ...]] = {
    "colmodernvbert": (
        "<pad>", "<|begin_of_text|>", "<end_of_utterance>", "<fake_token_around_image>", "<image>",
        "<global-img>", *_TILE_TAGS,
    ),
    "colpali": ("<pad>", "<eos>", "<bos>", "<unk>", "<image>"),
    "colqwen2": (
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>",
        "<|video_pad|>",
    ),
}  # fmt: skip
_IMAGE_TOKEN: dict[Family, str] = {
    "colmodernvbert": "<image>",
    "colpali": "<image>",
    "colqwen2": "<|image_pad|>",
}
FAMILIES: tuple[Family, ...] = tuple(_SPECIAL)
DIMENSION = 16


def make_late_folder(folder: Path, family: Family, seed: int = 0) -> Path:
    """A folder as transformers saves such a model: description, weights, tokenizer, preprocessing."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(family)
    torch.manual_seed(seed)
    builder = {"colmodernvbert": _colmodernvbert, "colpali": _colpali, "colqwen2": _colqwen2}[family]
    model, processor = builder(tokenizer)
    # Fresh weights make all vectors alike: larger ones tell words and places apart.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 1.5 * parameter.shape[-1] ** -0.5)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def make_full_size_folder(folder: Path) -> Path:
    """ColModernVBert as it is published, but for its weights, its words and the pages' size: 1 GB."""
    import torch
    from transformers import (
        ColModernVBertConfig,
        ColModernVBertForRetrieval,
        ColModernVBertProcessor,
        Idefics3ImageProcessor,
    )

    torch.manual_seed(0)
    tokenizer = _tokenizer("colmodernvbert")
    config = ColModernVBertConfig(
        vlm_config={
            "model_type": "modernvbert",
            "text_config": {
                "model_type": "modernbert", "vocab_size": 50408, "hidden_size": 768, "num_hidden_layers": 22,
                "num_attention_heads": 12, "intermediate_size": 1152,
            },
            "vision_config": {
                "model_type": "siglip_vision_model", "image_size": 512, "patch_size": 16, "hidden_size": 768,
                "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
            },
            "image_token_id": tokenizer.convert_tokens_to_ids("<image>"),
            "pixel_shuffle_factor": 4,
        },
    )  # fmt: skip
    ColModernVBertForRetrieval(config).save_pretrained(folder)
    pictures = Idefics3ImageProcessor(
        size={"longest_edge": 1024}, max_image_size={"longest_edge": 512}, return_row_col_info=True
    )
    ColModernVBertProcessor(pictures, tokenizer).save_pretrained(folder)
    return folder


def as_colpali_engine_saves_it(folder: Path) -> None:
    """Turn a folder of ColModernVBert into the form of its publishers' own training code."""
    rename_weights(folder, {r"^embedding_proj_layer\.": "custom_text_proj.", r"^vlm\.": "model."})
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    described = config["vlm_config"] | {"embedding_dim": DIMENSION}  # 128 would go without saying
    (folder / "config.json").write_text(json.dumps(described), encoding="utf-8")


def rename_weights(folder: Path, names: dict[str, str]) -> None:
    """Replace what the expressions of `names` match in the names of all weights."""
    from safetensors.torch import load_file, save_file

    renamed = {}
    for name, tensor in load_file(folder / "model.safetensors").items():
        for expression, other in names.items():
            name = re.sub(expression, other, name)  # noqa: PLW2901  # one after another
        renamed[name] = tensor
    save_file(renamed, folder / "model.safetensors", metadata={"format": "pt"})


def _tokenizer(family: Family) -> Any:  # noqa: ANN401  # it has no annotations
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    special = list(_SPECIAL[family])
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=310 + len(special),
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_WORDS, trainer)
    saver: Any = PreTrainedTokenizerFast
    return saver(
        tokenizer_object=tokenizer,
        pad_token=special[0],
        bos_token="<bos>" if family == "colpali" else None,
        extra_special_tokens={"image_token": _IMAGE_TOKEN[family]},
        additional_special_tokens=special,
    )


def _colmodernvbert(tokenizer: Any) -> tuple[Any, Any]:  # noqa: ANN401
    from transformers import (
        ColModernVBertConfig,
        ColModernVBertForRetrieval,
        ColModernVBertProcessor,
        Idefics3ImageProcessor,
    )

    config = ColModernVBertConfig(
        vlm_config={
            "model_type": "modernvbert",
            "text_config": {
                "model_type": "modernbert", "vocab_size": len(tokenizer), "hidden_size": 32,
                "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 48, "pad_token_id": 0,
                "max_position_embeddings": 1024, "local_attention": 32,
                "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2,
            },
            "vision_config": {
                "model_type": "siglip_vision_model", "image_size": 32, "patch_size": 8, "hidden_size": 32,
                "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
            },
            "image_token_id": tokenizer.convert_tokens_to_ids("<image>"),
            "pixel_shuffle_factor": 2,
        },
        embedding_dim=DIMENSION,
    )  # fmt: skip
    pictures = Idefics3ImageProcessor(
        size={"longest_edge": 128}, max_image_size={"longest_edge": 32}, return_row_col_info=True
    )
    return ColModernVBertForRetrieval(config), ColModernVBertProcessor(pictures, tokenizer, image_seq_len=4)


def _colpali(tokenizer: Any) -> tuple[Any, Any]:  # noqa: ANN401
    from transformers import ColPaliConfig, ColPaliForRetrieval, ColPaliProcessor, SiglipImageProcessor

    text = {
        "model_type": "gemma", "vocab_size": len(tokenizer) + 1200, "hidden_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 8, "intermediate_size": 48,
        "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2, "max_position_embeddings": 512,
    }  # fmt: skip
    config = ColPaliConfig(
        vlm_config={
            "model_type": "paligemma",
            "text_config": text,
            "vision_config": {
                "model_type": "siglip_vision_model", "image_size": 32, "patch_size": 8, "hidden_size": 32,
                "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
                "projection_dim": 32, "vision_use_head": False,
            },
            "image_token_index": tokenizer.convert_tokens_to_ids("<image>"),
            "projection_dim": 32,
            "hidden_size": 32,
        },
        embedding_dim=DIMENSION,
    )  # fmt: skip
    pictures: Any = SiglipImageProcessor(size={"height": 32, "width": 32})
    pictures.image_seq_length = 16
    return ColPaliForRetrieval(config), ColPaliProcessor(pictures, tokenizer)


def _colqwen2(tokenizer: Any) -> tuple[Any, Any]:  # noqa: ANN401
    from transformers import ColQwen2Config, ColQwen2ForRetrieval, ColQwen2Processor, Qwen2VLImageProcessor

    ids = tokenizer.convert_tokens_to_ids
    config = ColQwen2Config(
        vlm_config={
            "model_type": "qwen2_vl",
            "text_config": {
                "model_type": "qwen2_vl_text", "vocab_size": len(tokenizer), "hidden_size": 32,
                "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                "intermediate_size": 48, "max_position_embeddings": 1024, "tie_word_embeddings": True,
                "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e4},
                "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0,
            },
            "vision_config": {
                "model_type": "qwen2_vl_vision", "depth": 2, "embed_dim": 32, "hidden_size": 32,
                "num_heads": 4, "mlp_ratio": 2, "patch_size": 8, "spatial_merge_size": 2,
                "temporal_patch_size": 2,
            },
            "image_token_id": ids("<|image_pad|>"),
            "video_token_id": ids("<|video_pad|>"),
            "vision_start_token_id": ids("<|vision_start|>"),
            "vision_end_token_id": ids("<|vision_end|>"),
        },
        embedding_dim=DIMENSION,
    )  # fmt: skip
    pictures = Qwen2VLImageProcessor(
        size={"shortest_edge": 16 * 16, "longest_edge": 96 * 96}, patch_size=8, merge_size=2
    )
    return ColQwen2ForRetrieval(config), ColQwen2Processor(pictures, tokenizer)
