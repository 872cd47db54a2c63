"""The rules of the KPI table: codes, choices, bounds, and weights that total 100."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from bsc_xl.errors import ADVICE
from bsc_xl.model import WEIGHT_TOLERANCE, WEIGHT_TOTAL, Cell, Consolidation, Perspective, Polarity, Policy, Status
from bsc_xl.scoring.arrays import code as code_of
from bsc_xl.tables import parse
from bsc_xl.tables.columns import Codes, Floats, Index, Texts
from bsc_xl.tables.settings import is_full
from bsc_xl.tables.sheet import Flags, Sheet
from bsc_xl.tables.units import NEVER, Rows, look_up, repeated, text_series

_CEILING_POLARITIES = (Polarity.MAXIMIZE, Polarity.MINIMIZE)
SHARED, NOBODY = -1, -2
"""The owner of a KPI that every unit has, and of one whose unit does not exist."""


@dataclass(frozen=True, slots=True)
class KpiRows:
    """The KPIs that can be placed. `owner` (n,): position of the unit whose KPI it is, or SHARED.

    `polarity` (n,): positions in `Polarity`. `rejected`: as in `Tables`. `pursued`: for every row of the
    sheet, placed or not, its `unit_code`, `perspective` (code, -1 for none) and `objective`, trimmed.
    """

    rows: Rows
    owner: Index
    polarity: Index
    rejected: dict[tuple[str, int, int], str]
    pursued: pd.DataFrame


def check(sheet: Sheet, units: Rows | None, policy: Policy) -> KpiRows:
    """The KPIs that can be placed, in the form of `Tables.kpis`; `units` is None when there is no unit table to ask."""
    code = sheet.codes("kpi_code")
    unit_code = sheet.codes("unit_code")
    perspective = sheet.choice("perspective", _members(Perspective), "unknown_perspective")
    polarity = sheet.choice("polarity", _members(Polarity), "unknown_polarity")
    consolidation = sheet.choice("consolidation", _members(Consolidation), "unknown_consolidation")
    weight, worst = sheet.numbers("weight"), sheet.numbers("worst")
    ceiling = sheet.flag("ceiling")
    names, objective = sheet.text("kpi_name"), sheet.text("objective")
    again = repeated(code)
    sheet.report("duplicate", "kpi_code", again, code)
    owner = _owners(sheet, unit_code, units)

    limitable = np.isin(polarity, [code_of(member) for member in _CEILING_POLARITIES]) | (polarity < 0)
    sheet.report("polarity_contradicts", "ceiling", ceiling & ~limitable, sheet.cells("ceiling"))
    placed = (code != "") & ~again & (perspective >= 0) & (owner != NOBODY)
    _check_totals(sheet, weight, perspective, owner, placed, len(units.frame) if units else None)
    green, yellow = sheet.numbers("green_from"), sheet.numbers("yellow_from")
    _check_bounds(sheet, green.value, yellow.value, policy)
    unreadable = worst.state == Cell.ERROR
    weightless = (weight.state == Cell.ERROR) | (weight.value < 0)

    kept = placed & (polarity >= 0) & (consolidation >= 0)
    frame = pd.DataFrame(
        {
            "kpi_code": text_series(code[kept]),
            "perspective": _named(Perspective, perspective[kept]),
            "objective": text_series(objective[kept]),
            "kpi_name": text_series(names[kept]),
            "unit_of_measure": text_series(sheet.text("unit_of_measure")[kept]),
            "polarity": _named(Polarity, polarity[kept]),
            "consolidation": _named(Consolidation, consolidation[kept]),
            "weight": np.where(weightless, np.nan, weight.value)[kept],
            "worst": np.where(unreadable, np.inf, worst.value)[kept],
            "ceiling": (ceiling & limitable)[kept],
            "green_from": green.value[kept],
            "yellow_from": yellow.value[kept],
            "source": text_series(sheet.text("source")[kept]),
            "owner": text_series(sheet.text("owner")[kept]),
            "unit_code": text_series(unit_code[kept]),
        }
    )
    faulty = {
        "weight": weightless,
        "worst": unreadable,
        "green_from": green.state == Cell.ERROR,
        "yellow_from": yellow.state == Cell.ERROR,
    }
    rejected = {
        (name, int(place), 0): parse.as_text(sheet.cells(name)[kept][place])
        for name, where in faulty.items()
        for place in np.flatnonzero(where[kept])
    }
    return KpiRows(
        Rows(frame, sheet.row[kept], look_up(code, kept)),
        owner[kept],
        polarity[kept].astype(np.int64),
        rejected,
        pd.DataFrame(
            {"unit_code": unit_code, "perspective": perspective, "objective": [text.strip() for text in objective]},
            dtype=object,
        ),
    )


def check_links(sheet: Sheet, kpis: KpiRows, links: pd.DataFrame) -> None:
    """Advises about objectives that are neither a cause nor an effect, once for each unit and perspective, where there
    are any links."""
    linked = {str(end).strip() for key in ("cause", "effect") for end in links[key]}
    objective, perspective = (kpis.pursued[key].to_numpy() for key in ("objective", "perspective"))
    alone = np.fromiter((bool(linked) and text not in linked for text in objective), dtype=bool, count=len(objective))
    alone &= (objective != "") & ~kpis.pursued.duplicated().to_numpy(dtype=bool)
    for each in Perspective:
        where = alone & (perspective == code_of(each))
        sheet.report("unlinked_objective", "objective", where, objective, ADVICE, expected=str(each))


def _owners(sheet: Sheet, unit_code: Texts, units: Rows | None) -> Index:
    if units is None:
        return np.where(unit_code == "", SHARED, pd.factorize(unit_code)[0])
    found = parse.positions(unit_code, units.known, NEVER)
    sheet.report("unknown_unit", "unit_code", (unit_code != "") & (found == NEVER), unit_code)
    return np.where(unit_code == "", SHARED, np.where(found >= 0, found, NOBODY))


def _check_totals(
    sheet: Sheet, weight: parse.Numbers, perspective: Codes, owner: Index, placed: Flags, units: int | None
) -> None:
    """The weights of each perspective of each unit total 100. What only shared KPIs cause is reported once, at the
    first of them; a total with KPIs of a unit's own at the first of those. A total that a reported row explains is not
    reported again: its weight cannot be read or is none that there can be, or the row was left out and its weight is
    just what is missing where it belongs, or may belong as far as it can be read."""
    number = weight.state == Cell.NUMBER
    outside = number & ((weight.value < 0) | (weight.value > WEIGHT_TOTAL + WEIGHT_TOLERANCE))
    sheet.report("weight_out_of_range", "weight", outside, sheet.cells("weight"))

    rows = np.flatnonzero(placed)
    group, first, member = np.unique(
        (owner[rows] - SHARED) * len(Perspective) + perspective[rows], return_index=True, return_inverse=True
    )
    total: Floats = np.bincount(member, np.where(number, weight.value, 0.0)[rows], len(group)).astype(np.float64)
    unread = np.bincount(member, ~number[rows] | outside[rows], len(group)) > 0
    of, shared = group % len(Perspective), group < len(Perspective)
    common, common_unread = np.zeros(len(Perspective)), np.zeros(len(Perspective), dtype=bool)
    common[of[shared]], common_unread[of[shared]] = total[shared], unread[shared]
    total = np.where(shared, total, total + common[of])
    unread |= common_unread[of]
    # Where every unit adds KPIs of its own to a perspective, no unit has the total of the shared ones.
    nobody = shared & (np.bincount(of[~shared], minlength=len(Perspective))[of] == (-1 if units is None else units))
    strays = np.flatnonzero(~placed & number)
    fits = is_full(total[:, np.newaxis] + weight.value[strays])
    fits &= (perspective[strays] < 0) | (perspective[strays] == of[:, np.newaxis])
    fits &= np.isin(owner[strays], (SHARED, NOBODY)) | (
        owner[strays] == (group // len(Perspective) + SHARED)[:, np.newaxis]
    )
    explained = fits.any(axis=1)
    wrong = ~is_full(total) & ~unread & ~explained & ~nobody

    values, where = np.full(len(sheet), None, dtype=object), np.zeros(len(sheet), dtype=bool)
    at = rows[first[wrong]]
    where[at], values[at] = True, np.round(total[wrong], 6)
    sheet.report("weights_total", "weight", where, values)


def _check_bounds(sheet: Sheet, green: Floats, yellow: Floats, policy: Policy) -> None:
    """Green begins above yellow, whichever of the two bounds is the KPI's own; NaN takes the policy's."""
    by_policy = {band.name: band.lower for band in policy.status}
    upper = np.where(np.isnan(green), by_policy[Status.GREEN], green)
    lower = np.where(np.isnan(yellow), by_policy[Status.YELLOW], yellow)
    wrong = (upper <= lower) & ~(np.isnan(green) & np.isnan(yellow))
    at_green = wrong & ~np.isnan(green)
    sheet.report("band_order", "green_from", at_green, sheet.cells("green_from"))
    sheet.report("band_order", "yellow_from", wrong & ~at_green, sheet.cells("yellow_from"))


def _members(kind: type[StrEnum]) -> dict[str, int]:
    return {member.value: code_of(member) for member in kind}


def _named(kind: type[StrEnum], code: Codes) -> pd.Series[str]:
    return text_series(np.array(list(map(str, kind)), dtype=object)[code])
