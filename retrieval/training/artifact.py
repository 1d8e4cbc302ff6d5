"""Writes a trained embedding as a plain sentence-transformers folder, quantised to one byte a number."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch import nn

from retrieval.encoder import Vectors, fingerprint_of

_LARGEST = 127


def write_folder(tokenizer: Tokenizer, table: Vectors, folder: Path) -> str:
    """Write tokenizer and token vectors [vocabulary, dimensions] to `folder`; returns the fingerprint.

    Vectors become int8 with one scale per token, in the names model2vec uses, which `StaticEmbedding` of
    sentence-transformers reads by itself: the folder is a quarter of the size and needs no code of ours.
    """
    from sentence_transformers import SentenceTransformer  # takes seconds to import
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    modules: list[nn.Module] = [StaticEmbedding(tokenizer, embedding_weights=table), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    scales = np.maximum(np.abs(table).max(axis=1), np.finfo(np.float32).tiny) / _LARGEST
    codes = np.rint(table / scales[:, None]).astype(np.int8)
    save_file({"embeddings": codes, "weights": scales.astype(np.float32)}, folder / "model.safetensors")
    return fingerprint_of(folder)
