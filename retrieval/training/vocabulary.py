"""The encoder's vocabulary: byte-pair encoding over characters, learned on the training texts."""

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

UNKNOWN = "[UNK]"


def learn_vocabulary(texts: Iterable[str], *, size: int, longest: int = 6) -> Tokenizer:
    """A tokenizer of `size` tokens of at most `longest` characters.

    Text is NFKC-normalised and lower-cased and everything but letters and digits separates words, inside the
    tokenizer itself, so that the saved folder needs no other code.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"[^\p{L}\p{N}]+"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=3,
        special_tokens=[UNKNOWN],
        limit_alphabet=size // 4,
        max_token_length=longest,
        show_progress=True,
    )
    tokenizer.train_from_iterator(texts, trainer=trainer)
    return tokenizer
