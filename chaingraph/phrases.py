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
        """Make a phrase of its Chinese and its English."""
        made = super().__new__(cls, zh)
        made.en = en
        return made

    def __add__(self, other: str) -> Phrase:
        """Continue a sentence in both languages; a text without English continues both as it is."""
        return Phrase(str.__add__(self, other), self.en + said(other, "en"))

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.en


NOTHING = Phrase("", "")
"""What there is nothing to say of, in both languages."""


def said(text: str, lang: str) -> str:
    """Return a text in a language, ``zh`` or ``en``; a text without English stays as it is.

    >>> said(Phrase("电机", "motors"), "en"), said("BMS", "en")
    ('motors', 'BMS')
    """
    return text.en if lang == "en" and isinstance(text, Phrase) else str(text)


def joined(parts: Iterable[str], zh: str = "、", en: str = ", ") -> Phrase:
    """Return several texts as one phrase, joined as each language does.

    >>> joined([Phrase("电机", "motors"), "BMS"]).en
    'motors, BMS'
    """
    texts = list(parts)
    return Phrase(zh.join(str(t) for t in texts), en.join(said(t, "en") for t in texts))


def counted(number: float, one: str, many: str = "") -> str:
    """Return a number of things as English says it; `many` where the plural is not one with s.

    >>> counted(1, "firm"), counted(14332, "firm"), counted(2, "industry", "industries")
    ('1 firm', '14,332 firms', '2 industries')
    """
    return f"{number:,.0f} {one if round(number) == 1 else many or f'{one}s'}"


def verbatim(text: str) -> Phrase:
    """Return words of a source as a phrase: English keeps them as they are, in quotation marks unless they are in Latin letters.

    >>> verbatim("特种钢").en, verbatim("Auto Components").en
    ('“特种钢”', 'Auto Components')
    """
    return Phrase(text, text if text.isascii() else f"“{text}”")


def yuan(amount: float) -> Phrase:
    """Return an amount in yuan as each language counts it.

    >>> str(yuan(10.4e9)), yuan(10.4e9).en, yuan(85e6).en
    ('104.0 亿元', 'CNY 10.4 bn', 'CNY 85 mn')
    """
    return Phrase(f"{amount / 1e8:,.1f} 亿元", f"CNY {amount / 1e9:,.1f} bn" if amount >= 1e9 else f"CNY {amount / 1e6:,.0f} mn")
