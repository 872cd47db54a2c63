"""A collection as its workbook shows it: units in the order of reading, statuses as formats, periods as columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bsc_xl.collection.model import Collection, Receipt
from bsc_xl.excel.consolidated.tree import Tree
from bsc_xl.excel.formulas import words
from bsc_xl.excel.formulas.words import quoted_label
from bsc_xl.excel.layout import Layout
from bsc_xl.excel.results import Value
from bsc_xl.labels import Labels
from bsc_xl.model import COMPARE_DECIMALS, Level, Status
from bsc_xl.scoring import rating as ratings
from bsc_xl.scoring.arrays import Flags, Floats, seen
from bsc_xl.scoring.arrays import code as code_of

MOST_PERIODS = 12
"""So many of the latest periods are shown."""

HALF = 0.5 * 10.0**-COMPARE_DECIMALS
"""A number that is rounded up to a bound lies at most so far below it."""

_RECEIPTS = {
    Receipt.RECEIVED: Status.GREEN,
    Receipt.INCOMPLETE: Status.YELLOW,
    Receipt.REFUSED: Status.RED,
    Receipt.MISSING: Status.NO_DATA,
}


@dataclass(frozen=True)
class View:
    """What the sheets ask a collection; `shape` has the words. Arrays (U,) are by unit, in the order of the tables."""

    collection: Collection
    shape: Layout

    @property
    def text(self) -> Labels:
        """The labels."""
        return self.shape.labels

    def word(self, key: str, **values: object) -> str:
        """A label of the consolidated workbook; whole numbers in it as its language writes them."""
        written = {name: self.text.number(each, 0) if isinstance(each, int) else each for name, each in values.items()}
        return self.text(f"consolidated.{key}", **written)

    @cached_property
    def tree(self) -> Tree:
        """The units in their tree."""
        return Tree.of(self.collection.card.tables.units["parent"].to_numpy(np.int64))

    @cached_property
    def codes(self) -> list[str]:
        """The code of each unit."""
        return list(self.collection.card.tables.units["unit_code"])

    @cached_property
    def names(self) -> list[str]:
        """The name of each unit."""
        return list(self.collection.card.tables.units["unit_name"])

    @cached_property
    def parents(self) -> list[str]:
        """The name of the unit above each, "" for none."""
        return [
            self.names[place] if place >= 0 else "" for place in self.collection.card.tables.units["parent"].tolist()
        ]

    @cached_property
    def employee(self) -> Flags:
        """Who is an employee: their rating is another scale, and no headline counts them (domain.md, section 8)."""
        return np.asarray(self.collection.card.tables.units["level"] == Level.EMPLOYEE, dtype=np.bool_)

    @cached_property
    def counted(self) -> Flags:
        """Those that the headlines count: units, or employees where there is nobody else."""
        return ~self.employee if not self.employee.all() else self.employee

    @property
    def who(self) -> str:
        """The word for those that are counted, as a sentence takes it."""
        return self.word("employees_counted" if self.employee.all() else "units_counted")

    def level(self, employee: bool) -> str:
        """The word for a unit or an employee."""
        return self.word("employee" if employee else "unit")

    @cached_property
    def links(self) -> list[str]:
        """The address of each unit's workbook, "" where none came."""
        links = self.collection.links
        return [links.get(submission.file, "") for submission in self.collection.submissions]

    @cached_property
    def rating_words(self) -> list[str]:
        """The ratings that there are, highest first, and last what stands where there is none."""
        policy = self.collection.card.policy
        words = [self.text(f"rating.{policy.rating}.{band.name}") for band in policy.rating_bands]
        return [*words, self.text("placeholder.dash")]

    @cached_property
    def ratings(self) -> list[str]:
        """The rating of each unit in words."""
        return [self.rating_words[place] for place in self.collection.card.rating.tolist()]

    def rating_counts(self) -> list[int]:
        """How many of those that are counted have each of `rating_words`."""
        counts = Counter(rating for rating, counted in zip(self.ratings, self.counted, strict=True) if counted)
        return [counts[word] for word in self.rating_words]

    def receipt(self, receipt: Receipt) -> str:
        """Symbol and word of what became of a unit's workbook."""
        return f"{self.text(f'symbol.{_RECEIPTS[receipt]}')} {self.word(f'receipt.{receipt}')}"

    @staticmethod
    def receipt_status(receipt: Receipt) -> Status:
        """The colour of it."""
        return _RECEIPTS[receipt]

    @property
    def period(self) -> str:
        """The reporting period in words, such as "TW IV 2025"."""
        settings = self.collection.card.tables.settings
        return self.named(settings.year, self.collection.card.period, settings.periods)

    def named(self, year: int, period: int, periods: int) -> str:
        """A period of a year in words."""
        name = self.text(f"period.{periods}.{period}")
        return f"{name} {year}"

    @cached_property
    def title(self) -> str:
        """Whose scorecards these are: the one unit above all others, or how many units."""
        roots = np.flatnonzero(self.collection.card.tables.units["parent"].to_numpy() < 0)
        return self.names[roots[0]] if len(roots) == 1 else self.word("title_units", count=len(self.codes))

    @property
    def subtitle(self) -> str:
        """What stands below every heading."""
        policy = self.text("dashboard.policy", policy=self.text(f"policy.{self.collection.card.policy.name}"))
        return self.word("subtitle", period=self.period, policy=policy)

    @property
    def collected(self) -> str:
        """When, and by which version."""
        when = self.collection.when.strftime(self.word("when"))
        return self.word("collected", when=when, version=self.collection.engine)

    # --- scores ----------------------------------------------------------------------------------------------------

    @property
    def no_data(self) -> str:
        """What stands in the place of a score that there is none of."""
        return self.text(f"symbol.{Status.NO_DATA}")

    def scores(self, values: Floats) -> list[Value]:
        """Scores, any number of them, with the sign of no data for NaN."""
        return numbers(values, self.no_data)

    @property
    def bounds(self) -> tuple[float, float]:
        """From where a score is green, and from where yellow."""
        lower = {band.name: band.lower for band in self.collection.card.policy.status}
        return lower[Status.GREEN], lower[Status.YELLOW]

    def score_format(self, green: float | None = None, yellow: float | None = None) -> str:
        """The number format of scores: the symbol of the status stands before the number, in every program."""
        bounds = (own if own is not None else usual for own, usual in zip((green, yellow), self.bounds, strict=True))
        symbols = [self.text(f"symbol.{status}") for status in (Status.GREEN, Status.YELLOW, Status.RED)]
        first, second = (f"[>={bound - HALF!r}]" for bound in bounds)
        return f'{first}"{symbols[0]} "0.00;{second}"{symbols[1]} "0.00;"{symbols[2]} "0.00;@'

    def status_code(self, cell: str, green: float | None = None, yellow: float | None = None) -> str:
        """The formula of the status of a score: its place among the statuses, 0 for a blank cell."""
        first, second = (
            own if own is not None else usual for own, usual in zip((green, yellow), self.bounds, strict=True)
        )
        rounded = f"ROUND({cell},{COMPARE_DECIMALS})"
        return (
            f"IF(ISNUMBER({cell}),IF({rounded}>={first!r},1,IF({rounded}>={second!r},2,3)),"
            f"IF(ISTEXT({cell}),{len(Status)},0))"
        )

    def symbol_code(self, cell: str) -> str:
        """The formula of the status that a text begins with, as its place among the statuses."""
        symbols = [self.text(f"symbol.{status}") for status in Status]
        return "+".join(f'{i}*(LEFT({cell},1)="{symbol}")' for i, symbol in enumerate(symbols, start=1))

    def status_formula(self, cell: str) -> str:
        """The formula that gives symbol and word of the status of a score."""
        words = ",".join(f'"{self.shape.status_text(status)}"' for status in Status)
        return f"CHOOSE({self.status_code(cell)},{words})"

    def status(self, score: float) -> Status:
        """The status of one score."""
        codes = ratings.status(np.array([score]), self.collection.card.policy)
        return list(Status)[int(codes[0])]

    def mean(self, values: Floats) -> float:
        """The mean of the scores of those that are counted; NaN when none has one."""
        own = values[self.counted & ~np.isnan(values)]
        return float(own.mean()) if own.size else float("nan")

    def at_least(self, bound: float) -> str:
        """A criterion for COUNTIFS: a score that has reached the bound, as it is compared everywhere."""
        return f'">="&{bound - HALF!r}'

    def below(self, bound: float) -> str:
        """A criterion for COUNTIFS: a score that has not."""
        return f'"<"&{bound - HALF!r}'

    def of_level(self, which: str) -> str:
        """A pair of range and criterion for COUNTIFS: those of a list that the headlines count."""
        key = "employee" if self.employee.all() else "unit"
        return f"bsc_{which}_level,{quoted_label(self.shape, f'consolidated.{key}')}"

    @cached_property
    def differences(self) -> Floats:
        """How far the score of each unit (U,) is from the mean of those right below it, 0 where nobody sees it; NaN
        where one of both is not there."""
        return seen(self.collection.card.score - self.collection.card.children_mean)

    # --- periods ---------------------------------------------------------------------------------------------------

    @cached_property
    def periods(self) -> list[tuple[int, int, int]]:
        """The latest periods that scores are known of: year, period, how many the year has."""
        known = self.collection.trend[["year", "period", "periods"]].drop_duplicates()
        found = sorted(map(tuple, known.to_numpy().tolist()), key=lambda each: (each[0], each[1] / each[2]))
        return [(int(year), int(period), int(periods)) for year, period, periods in found][-MOST_PERIODS:]

    @cached_property
    def history(self) -> Floats:
        """The scores of each unit in each of the periods, (U, P); NaN for none."""
        trend = self.collection.trend
        unit = pd.Index(self.codes).get_indexer(pd.Index(trend["unit_code"]))
        place = pd.MultiIndex.from_tuples(self.periods, names=["year", "period", "periods"]).get_indexer(
            pd.MultiIndex.from_frame(trend[["year", "period", "periods"]].astype(np.int64))
        )
        known = (unit >= 0) & (place >= 0)
        scores = np.full((len(self.codes), len(self.periods)), np.nan)
        scores[unit[known], place[known]] = trend["score"].to_numpy(np.float64)[known]
        return scores

    def changes(self) -> Floats:
        """How far the score of each unit (U,) moved since the period before, 0 where nobody sees it; NaN where one of
        both has none."""
        if len(self.periods) < 2:
            return np.full(len(self.codes), np.nan)
        before, last = self.history[:, -2:].T
        return seen(last - before)


def difference(own: str, other: str) -> str:
    """The formula of how far a score is from another one, 0 where nobody sees it; both are cells."""
    return f'IF(AND(ISNUMBER({own}),ISNUMBER({other})),{words.seen(f"{own}-{other}")},"")'


def count_of(view: View, values: Floats, status: Status) -> int:
    """How many of the scores that are counted have that status; COUNTIFS with `at_least` and `below` gives the same."""
    codes = ratings.status(values[view.counted], view.collection.card.policy)
    return int((codes == code_of(status)).sum())


def numbers(values: Floats, nothing: Value = None) -> list[Value]:
    """Numbers, and what stands in the place of NaN."""
    return [nothing if value != value else value for value in values.tolist()]
