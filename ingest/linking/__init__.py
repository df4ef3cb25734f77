"""Which segments a company is in, read from its name and text, with the terms found as evidence (docs/methods.md §1).

One Aho-Corasick pass finds every term of every lexicon; what counts is what is *done* with the product: making it
counts, trading, leasing or repairing it does not.
"""

from ingest.linking.confidence import (
    CONFIRMED_FROM,
    PRODUCTS_CONFIRMED_FROM,
    PRODUCTS_REVIEW_FROM,
    REVIEW_FROM,
    SignWeights,
    shipped_weights,
)
from ingest.linking.lexicons import LEVEL_WEIGHT, Lexicons
from ingest.linking.linker import link
from ingest.linking.scopes import MAKING, MAKING_WEAK, SERVICE, TRADE, parts, strength

__all__ = [
    "CONFIRMED_FROM",
    "LEVEL_WEIGHT",
    "MAKING",
    "MAKING_WEAK",
    "PRODUCTS_CONFIRMED_FROM",
    "PRODUCTS_REVIEW_FROM",
    "REVIEW_FROM",
    "SERVICE",
    "TRADE",
    "Lexicons",
    "SignWeights",
    "link",
    "parts",
    "shipped_weights",
    "strength",
]
