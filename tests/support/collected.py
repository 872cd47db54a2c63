"""Collections as a planning office gets them, made from the generator's data sets: some units did not send, some sent
with gaps, some twice, and every kind of exception is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import workbooks

from bsc_xl import sample
from bsc_xl.collection.model import Collection, Irregularity, Receipt, Severity, Submission
from bsc_xl.model import Perspective
from bsc_xl.scorecard import Scorecard, score

Raw = dict[str, pd.DataFrame]
RECEIPTS = (Receipt.RECEIVED, Receipt.RECEIVED, Receipt.INCOMPLETE, Receipt.MISSING, Receipt.RECEIVED, Receipt.REFUSED)
"""What becomes of the units, in turn."""
WHEN = datetime(2026, 1, 5, 10, 0)  # noqa: DTZ001 - a workbook's clock has no time zone
TREND = ["unit_code", "year", "period", "periods", "score", *map(str, Perspective)]


@dataclass(frozen=True)
class Case:
    """How a collection is made: the generator's words, what is changed in the tables, and whether all is well."""

    units: int
    kpis: int = 8
    earlier: int = 0
    whole: bool = False
    change: Callable[[Raw], Raw] | None = None
    more: tuple[tuple[str, Any], ...] = ()


def collect(case: Case, folder: Path) -> Collection:
    """The collection of that case; `earlier` years have the same scores as this one, a point lower each."""
    raw = sample.generate(case.units, case.kpis, **dict(case.more))
    raw = case.change(raw) if case.change else raw
    codes = raw["units"]["unit_code"].tolist()
    receipts = [Receipt.RECEIVED if case.whole else RECEIPTS[i % len(RECEIPTS)] for i in range(len(codes))]
    without = [
        code for code, receipt in zip(codes, receipts, strict=True) if receipt in (Receipt.MISSING, Receipt.REFUSED)
    ]
    measured = raw["measurements"]
    measured.loc[measured["unit_code"].isin(without), ["target", "actual"]] = None
    card = workbooks.scored(raw, folder)
    submissions = [_submission(code, receipt, i) for i, (code, receipt) in enumerate(zip(codes, receipts, strict=True))]
    irregularities = [] if case.whole else [each for submission in submissions for each in _irregularities(submission)]
    files = {each.file for each in submissions} | {other for each in submissions for other in each.others}
    return Collection(
        run="2026-01-05T100000",
        when=WHEN,
        engine="0.1.0",
        card=card,
        submissions=submissions,
        irregularities=sorted(irregularities, key=lambda each: list(Severity).index(each.severity)),
        links={file: f"../masuk/{file.rpartition('/')[2]}".replace(" ", "%20") for file in files if file},
        trend=trend(card, case.earlier),
    )


def trend(card: Scorecard, earlier: int = 0) -> pd.DataFrame:
    """The scores of every period up to the reporting one, and as many years before."""
    settings = card.tables.settings
    frames = []
    for back in range(earlier, -1, -1):
        for period in range(1, (settings.periods if back else card.period) + 1):
            frame = score(card.tables, period).unit_frame()
            frame["score"] -= back
            frames.append(frame.assign(year=settings.year - back, period=period, periods=settings.periods))
    return pd.concat(frames, ignore_index=True)[TREND]


def _submission(code: str, receipt: Receipt, number: int) -> Submission:
    if receipt is Receipt.MISSING:
        return Submission(code, receipt)
    file = f"masuk/buku kerja {number + 1}.xlsx"
    others = (f"masuk/salinan {number + 1}.xlsx",) if number % 5 == 4 else ()
    recalculated = WHEN - timedelta(hours=18) if number % 2 else None
    return Submission(code, receipt, file, WHEN - timedelta(minutes=number + 1), recalculated, others, 28, 30)


def _irregularities(submission: Submission) -> Sequence[Irregularity]:
    unit, file = submission.unit_code, submission.file
    match submission.receipt:
        case Receipt.MISSING:
            return [Irregularity(Severity.FAILURE, "missing", unit)]
        case Receipt.REFUSED:
            wrong = {"value": "=1+1", "table": "measurements", "column": "actual", "expected": "96,13"}
            return [Irregularity(Severity.FAILURE, "not_a_number", unit, file, "Unit's & Co", "L9", **wrong)]
        case Receipt.INCOMPLETE:
            return [Irregularity(Severity.ADVICE, "incomplete", unit, file, "Keuangan", "L8", "K01", "TW I")]
        case _:
            return [Irregularity(Severity.QUESTION, "moved", unit, file, "Keuangan", "M8", "120,00", "40,00")]
