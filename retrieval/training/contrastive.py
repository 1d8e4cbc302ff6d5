"""Training of a static embedding: a text's vector is the mean of its tokens' vectors.

In-batch contrastive loss (InfoNCE; van den Oord et al. 2018) summed over Matryoshka prefixes (Kusupati et al.
2022), so that the first half of the dimensions alone still ranks.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from rich.progress import Progress
from tokenizers import Tokenizer
from torch import Tensor, nn

from retrieval.training.pairs import Pair

TEMPERATURE = 0.05
LONGEST = 256
"""Tokens of a text that are looked at in training."""


@dataclass(slots=True)
class Example:
    """A pair in token ids, with passages that look alike but do not answer (hard negatives)."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    group: int
    negatives: list[tuple[npt.NDArray[np.int64], int]] = field(default_factory=list)


class Texts:
    """Token ids of texts, computed once per distinct text."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, npt.NDArray[np.int64]] = {}
        self._groups: dict[str, int] = {}

    def read(self, texts: Sequence[str]) -> None:
        new = sorted({text for text in texts if text not in self._known})
        for text, encoding in zip(new, self._tokenizer.encode_batch(new), strict=True):
            self._known[text] = np.asarray(encoding.ids[:LONGEST] or [0], dtype=np.int64)

    def ids(self, text: str) -> npt.NDArray[np.int64]:
        return self._known[text]

    def group(self, name: str) -> int:
        return self._groups.setdefault(name, len(self._groups))

    def examples(self, pairs: Sequence[Pair]) -> list[Example]:
        self.read([text for pair in pairs for text in (pair.left, pair.right)])
        return [Example(self.ids(pair.left), self.ids(pair.right), self.group(pair.group)) for pair in pairs]


def new_embedding(vocabulary: int, dimensions: int, *, seed: int) -> nn.EmbeddingBag:
    """A randomly initialised embedding bag of `vocabulary` × `dimensions`."""
    torch.manual_seed(seed)
    bag = nn.EmbeddingBag(vocabulary, dimensions, mode="mean")
    nn.init.normal_(bag.weight, std=0.5)
    return bag


def train(
    bag: nn.EmbeddingBag,
    stages: Sequence[tuple[Sequence[Example], int]],
    *,
    batch: int,
    steps: int,
    learning_rate: float,
    seed: int,
    progress: Progress,
    title: str,
    hard: int = 0,
) -> None:
    """Train in place for `steps`, cycling over `stages`: each is its examples and how many batches in a row.

    `hard` hard negatives per example are drawn from those the example carries.
    """
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    batches = _cycle(stages, batch=batch, rng=rng)
    optimiser = torch.optim.Adam(bag.parameters(), lr=learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=learning_rate, total_steps=steps, pct_start=0.1, anneal_strategy="linear"
    )
    task = progress.add_task(title, total=steps)
    for _ in range(steps):
        loss = batch_loss(bag, next(batches), hard=hard, rng=rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        progress.update(task, advance=1, description=f"{title} (loss {loss.item():.3f})")


def _cycle(
    stages: Sequence[tuple[Sequence[Example], int]], *, batch: int, rng: random.Random
) -> Iterator[list[Example]]:
    streams = [(_shuffled(examples, batch, rng), times) for examples, times in stages if examples]
    while True:
        for stream, times in streams:
            for _ in range(times):
                yield next(stream)


def _shuffled(examples: Sequence[Example], batch: int, rng: random.Random) -> Iterator[list[Example]]:
    order = list(range(len(examples)))
    while True:
        rng.shuffle(order)
        for start in range(0, len(order), batch):
            yield [examples[at] for at in order[start : start + batch]]


def batch_loss(bag: nn.EmbeddingBag, examples: list[Example], *, hard: int, rng: random.Random) -> Tensor:
    """InfoNCE both ways over a batch, its hard negatives among the rights, averaged over the prefixes."""
    rights = [example.right for example in examples]
    groups = [example.group for example in examples]
    for example in examples:
        if hard and example.negatives:
            for ids, group in rng.sample(example.negatives, min(hard, len(example.negatives))):
                rights.append(ids)
                groups.append(group)
    left = _encode(bag, [example.left for example in examples])
    right = _encode(bag, rights)
    size = len(examples)
    columns = torch.tensor(groups)
    same = columns[:size, None] == columns[None, :]
    same[torch.arange(size), torch.arange(size)] = False
    target = torch.arange(size)
    total = torch.zeros(())
    widths = (bag.embedding_dim, bag.embedding_dim // 2)
    for dimensions in widths:
        a = nn.functional.normalize(left[:, :dimensions], dim=-1)
        b = nn.functional.normalize(right[:, :dimensions], dim=-1)
        scores = (a @ b.T / TEMPERATURE).masked_fill(same, float("-inf"))
        total = total + nn.functional.cross_entropy(scores, target)
        backward = scores[:, :size].T
        total = total + 0.5 * nn.functional.cross_entropy(backward, target)
    return total / len(widths)


def _encode(bag: nn.EmbeddingBag, texts: Sequence[npt.NDArray[np.int64]]) -> Tensor:
    lengths = np.fromiter((len(ids) for ids in texts), dtype=np.int64, count=len(texts))
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    encoded: Tensor = bag(torch.from_numpy(np.concatenate(list(texts))), torch.from_numpy(offsets))
    return encoded
