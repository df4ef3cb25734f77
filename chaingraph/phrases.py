"""Sentences in both languages: a Chinese text that carries its English."""

from __future__ import annotations

from collections.abc import Iterable


class Phrase(str):
    """A Chinese sentence with its English beside it: a plain string to whoever only prints or stores it.

    >>> distance = Phrase("相距 179 公里", "179 km away")
    >>> print(distance, "|", said(distance, "en"))
    相距 179 公里 | 179 km away
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> Phrase:
        made = super().__new__(cls, zh)
        made.en = en
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.en


def said(text: str, lang: str) -> str:
    """Return a text in a language; a text without English stays as it is."""
    return text.en if lang == "en" and isinstance(text, Phrase) else str(text)


def joined(parts: Iterable[str], zh: str = "、", en: str = ", ") -> Phrase:
    """Return several texts as one phrase, joined as each language does.

    >>> joined([Phrase("电机", "motors"), "BMS"]).en
    'motors, BMS'
    """
    texts = list(parts)
    return Phrase(zh.join(str(t) for t in texts), en.join(said(t, "en") for t in texts))
