"""Every word that a user sees, in Indonesian and English, and the look-up.

A label has a dotted key: ``labels.load("id")("status.green")`` is "Hijau". Both files hold the same keys; a test
says so. Code never falls back from one language to the other: a missing label is a defect.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from bsc_xl.errors import BscError, ChoiceError, SeveralFilesError

LANGUAGES = ("id", "en")
DEFAULT = "id"


class Labels:
    """The labels of one language; call it with a key and the values of the placeholders in it."""

    def __init__(self, language: str, texts: dict[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key`; `values` fill its ``{placeholders}``. An unknown key is a KeyError."""
        text = self._texts[key]
        return text.format(**values) if values else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def keys(self) -> frozenset[str]:
        """All keys of this language."""
        return frozenset(self._texts)

    def error(self, problem: BaseException) -> str:
        """The sentence for an error, from the label ``error.<code>``; one that is not ours is named as it is, and
        several stand on a line each."""
        if not isinstance(problem, BscError):
            return self("error.unexpected", kind=type(problem).__name__, text=str(problem))
        if isinstance(problem, SeveralFilesError):
            return "\n".join(map(self.error, problem.problems))
        values = dict(problem.params)
        for name in ("reason", "what"):
            key = f"error.{name}.{values.get(name)}"
            if key in self:
                values[name] = self(key, **problem.params)
        return self(f"error.{problem.code}", **values)

    @property
    def mark(self) -> str:
        """The decimal mark of this language."""
        return "," if self.language == "id" else "."

    @property
    def thousands(self) -> str:
        """What this language sets thousands apart with."""
        return "." if self.language == "id" else ","

    def number(self, value: float, decimals: int = 2) -> str:
        """A number as this language writes it: 1.234,50 in Indonesian, 1,234.50 in English."""
        text = f"{value:,.{decimals}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.mark == "," else text


@cache
def load(language: str = DEFAULT) -> Labels:
    """The labels of that language; `ChoiceError` when there is none."""
    if language not in LANGUAGES:
        raise ChoiceError(what="language", value=language, choices=", ".join(LANGUAGES))
    raw = tomllib.loads((files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
    return Labels(language, dict(_flat(raw, "")))


def _flat(table: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((prefix + key, str(value)))
    return pairs
