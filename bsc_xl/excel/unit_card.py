"""One unit's part of a scorecard, seen as its workbook shows it: KPI rows, ranking, the row of the units table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from bsc_xl.excel.layout import Layout
from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard

RANK_DECIMALS = 6


@dataclass(frozen=True)
class UnitCard:
    """One unit's part of a scorecard, with its rows in the order of the workbook's KPI rows."""

    card: Scorecard
    unit: int
    layout: Layout
    when: datetime | None = None

    @cached_property
    def rows(self) -> dict[Perspective, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """Row positions of the unit's KPIs in the scorecard, by perspective."""
        tables = self.card.tables
        own = np.arange(len(tables.kpi))[tables.rows_of(self.unit)]
        perspectives = tables.kpis["perspective"].to_numpy()[tables.kpi[own]]
        return {p: own[perspectives == str(p)] for p in Perspective}

    @cached_property
    def slots(self) -> list[int | None]:
        """For every KPI row of the workbook, the row of the scorecard, or None for a spare row."""
        known = {
            (perspective, sheet_row): row
            for perspective, own in self.rows.items()
            for sheet_row, row in zip(self.layout.rows(perspective), own.tolist(), strict=False)
        }
        return [known.get(slot) for slot in self.layout.slots]

    @cached_property
    def _kpis(self) -> dict[str, np.ndarray[tuple[int], Any]]:
        return {str(name): self.card.tables.kpis[name].to_numpy() for name in self.card.tables.kpis.columns}

    def value(self, column: str, row: int) -> Any:
        """What the KPI table holds for the KPI in a row of the scorecard."""
        return self._kpis[column][self.card.tables.kpi[row]]

    def kpi(self, column: str, row: int) -> str:
        """A text of the KPI in a row of the scorecard."""
        return str(self.value(column, row))

    def code_and_name(self, row: int) -> str:
        """Code and name of the KPI in a row of the scorecard."""
        return f"{self.kpi('kpi_code', row)} {self.kpi('kpi_name', row)}"

    @cached_property
    def about(self) -> dict[str, Any]:
        """The row of the units table."""
        return {str(name): value for name, value in self.card.tables.units.iloc[self.unit].items()}

    @cached_property
    def ranked(self) -> list[int]:
        """Places (from 0) of the KPIs with an index, worst first; a tie goes to the one that stands first."""
        scored = [i for i, row in enumerate(self.slots) if row is not None and self.card.scored[row]]
        return sorted(scored, key=lambda i: (self.rounded(i), i))

    def rounded(self, place_: int) -> float:
        """The index at a place of the list, rounded for ranking."""
        row = self.slots[place_]
        assert row is not None
        return round(float(self.card.index[row]), RANK_DECIMALS)


def shortened(text: str, limit: int) -> str:
    """The text, ended by an ellipsis when it is longer than `limit` characters, as its formula has it."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's clock has no time zone


def serial(when: datetime) -> float:
    """A date and time as the workbook stores it: days since 1899-12-30."""
    return (when - EPOCH).total_seconds() / 86_400
