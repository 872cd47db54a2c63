"""Sentences that were put together from labels, told in another language."""

from __future__ import annotations

import re
from functools import cached_property

from bsc_xl.labels import Labels

_APART = "; "


class Wording:
    """What was put together from labels of one language, in another one."""

    def __init__(self, old: Labels, new: Labels) -> None:
        self._old, self._new = old, new

    def of(self, text: str, labels: tuple[str, ...]) -> str:
        """The text in the other language, from these labels or, where a name ends in a dot, those of a section, several
        of them perhaps, one after the other; as it is where it comes from none of them."""
        return _APART.join(self._one(piece, labels) for piece in text.split(_APART))

    def _one(self, text: str, labels: tuple[str, ...]) -> str:
        for key in self._keys:
            if any(key == name or (name.endswith(".") and key.startswith(name)) for name in labels):
                found = self._pattern(key).fullmatch(text)
                if found:
                    values = {name: self._one(value, labels) for name, value in found.groupdict().items()}
                    return self._new(key, **values)
        return text

    @cached_property
    def _keys(self) -> list[str]:
        """Long ones first: what fits into a short one between its placeholders may be another label."""
        return sorted(self._old.keys(), key=lambda key: (-len(self._old(key)), key))

    def _pattern(self, key: str) -> re.Pattern[str]:
        pieces = re.split(r"\{(\w+)\}", self._old(key))
        return re.compile("".join(f"(?P<{p}>.+)" if i % 2 else re.escape(p) for i, p in enumerate(pieces)), re.DOTALL)
