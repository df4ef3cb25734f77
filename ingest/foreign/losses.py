"""The loss report: of everything a source has, how much is kept, kept as words only, or lost, by name and with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Account:
    """What became of one kind of thing of a source: total = kept + as words + lost.

    `kept`: has a place of its own in the model. `words`: stands only in a remark or as a name. `lost`: reason → name → how often.
    """

    what: str
    total: int = 0
    kept: int = 0
    words: int = 0
    lost: dict[str, Counter[str]] = field(default_factory=dict)

    def keep(self, number: int = 1) -> None:
        """Count things that have a place in the model."""
        self.kept += number

    def note(self, number: int = 1) -> None:
        """Count things of which only the words are kept."""
        self.words += number

    def lose(self, reason: str, names: Iterable[str]) -> None:
        """Count things that are lost, each by its name."""
        self.lost.setdefault(reason, Counter()).update(names)

    @property
    def lost_count(self) -> int:
        """How many are lost."""
        return sum(names.total() for names in self.lost.values())

    @property
    def is_balanced(self) -> bool:
        """Whether nothing vanished and nothing was made up."""
        return self.total == self.kept + self.words + self.lost_count

    def as_dict(self) -> dict[str, object]:
        """Return the account as plain values, lost names sorted."""
        return {
            "what": self.what,
            "total": self.total,
            "kept": self.kept,
            "as_words": self.words,
            "lost": [
                {"reason": reason, "count": names.total(), "names": dict(sorted(names.items()))}
                for reason, names in sorted(self.lost.items())
            ],
        }

    def __str__(self) -> str:
        parts = [f"{self.kept:,} kept"] if self.kept else []
        parts += [f"{self.words:,} as words only"] if self.words else []
        reasons = "; ".join(f"{names.total():,} {reason}" for reason, names in sorted(self.lost.items()))
        parts += [f"{self.lost_count:,} lost ({reasons})"] if self.lost_count else []
        return f"{self.what}: {self.total:,} = {' + '.join(parts) or '0'}"


@dataclass
class Losses:
    """The accounts of one source."""

    accounts: dict[str, Account] = field(default_factory=dict)

    def of(self, what: str, total: int = 0) -> Account:
        """Return the account of a kind of thing, with `total` more of them that the source has."""
        account = self.accounts.setdefault(what, Account(what))
        account.total += total
        return account

    def as_dict(self) -> list[dict[str, object]]:
        """Return all accounts as plain values."""
        return [account.as_dict() for account in self.accounts.values()]

    def __str__(self) -> str:
        return "\n".join(map(str, self.accounts.values()))
