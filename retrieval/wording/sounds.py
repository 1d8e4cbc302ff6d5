"""How Chinese characters sound, and which sounds are taken for each other."""

import re
from functools import cache

_READINGS = 2
"""Readings looked at of a character that has several: pypinyin gives the usual ones first."""
_SYLLABLE = re.compile(r"(?P<initial>[zcs]h|[bpmfdtnlgkhjqxrzcsyw]?)(?P<final>[a-zü]+)(?P<tone>[1-5]?)")
_AS_F = {"hu": "fu", "hua": "fa", "huan": "fan", "huang": "fang", "hui": "fei", "hun": "fen", "huo": "fo"}

Sounds = tuple[frozenset[str], ...]
"""The sounds each character of a word may have."""


@cache
def syllables(character: str) -> frozenset[str]:
    """The usual readings of one character with their tones (`jia4`); none when it is not Chinese."""
    from pypinyin import Style, pinyin  # takes a quarter of a second: only where sounds are asked for

    readings = pinyin(
        character, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True, errors="ignore"
    )
    return frozenset(reading for found in readings for reading in found[:_READINGS])


@cache
def fine(character: str) -> frozenset[str]:
    """Its sounds without tone, zh ch sh as z c s, ing and eng as in and en."""
    return frozenset(_flat(syllable) for syllable in syllables(character))


@cache
def coarse(character: str) -> frozenset[str]:
    """Its sounds as many dialects have them: besides, n as l, hu- as f-, ang as an."""
    return frozenset(_level(sound) for sound in fine(character))


def letters(word: str) -> str:
    """How `word` is typed in Latin letters: nianjia."""
    from pypinyin import Style, pinyin

    return "".join(found[0] for found in pinyin(word, style=Style.NORMAL, v_to_u=False))


def _flat(syllable: str) -> str:
    match = _SYLLABLE.fullmatch(syllable)
    if match is None:
        return syllable
    final = match["final"]
    if final.endswith(("ing", "eng")):
        final = final[:-1]
    return match["initial"][:1] + final


def _level(sound: str) -> str:
    sound = _AS_F.get(sound, sound)
    if sound.startswith("n"):
        sound = "l" + sound[1:]
    return sound[:-1] if sound.endswith("ang") else sound
