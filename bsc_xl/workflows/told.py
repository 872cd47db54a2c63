"""What an action tells the person who asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bsc_xl.labels import Labels


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence: the label ``action.<key>`` and what it names. `to_act_upon`: nobody should miss it."""

    key: str
    values: dict[str, object] = field(default_factory=dict)
    to_act_upon: bool = False

    def sentence(self, labels: Labels) -> str:
        """The sentence in the language of `labels`, which is the workbook's for a person in front of it."""
        return labels(f"action.{self.key}", **self.values)
