"""Cells of a listing to values: numbers, yes and no, texts; days and times lie in `evidence.days`.

Whole columns at once; every distinct cell is read once. A blank cell is a missing value (NaN, NaT or ""), never 0; what
stands there and cannot be read is missing too, and `Parsed.fault` says why.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.evidence.words import answers, folded, months
from bsc_xl.scoring.arrays import Codes, Flags
from bsc_xl.tables import ExcelError, parse
from bsc_xl.tables.raw import UncalculatedFormulaError

FAULTS = (
    "",
    "not_a_number",
    "ambiguous_number",
    "not_yes_or_no",
    "not_a_date",
    "two_digit_year",
    "date_out_of_range",
    "not_a_time",
    "universal_time",
    "not_a_period",
    "excel_error",
    "formula_without_value",
    "rounded_id",
    "turned_date",
)
"""Rules that a cell can break; `Parsed.fault` is a position here."""

Read = tuple[Any, str]
"""What one cell says, and the rule that it breaks, "" for none."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A column, each array (n,). `value`: as the parser says, missing where blank or at fault. `fault`: a position in
    `FAULTS`, 0 where the cell is sound or blank."""

    value: Any
    fault: Codes

    @property
    def missing(self) -> Any:
        """Where there is no value."""
        return pd.isna(self.value)


def joined(parts: Iterable[Parsed]) -> Parsed:
    """Parts of a column as one, in their order."""
    values, faults = zip(*((part.value, part.fault) for part in parts), strict=True)
    return Parsed(np.concatenate(values), np.concatenate(faults))


def distinct(cells: pd.Series) -> tuple[NDArray[Any], list[object]]:
    """The codes of a column (n,) and what each code stands for. 1, 1.0 and True are three different cells."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        held = cast("pd.Categorical", cells.array)
        return held.codes, list(held.categories.to_numpy(dtype=object))
    content = cells.to_numpy(dtype=object)
    code = np.empty(len(content), dtype=np.int64)
    found: list[object] = []
    # 1, 1.0 and True are equal to each other, and would be taken for one
    kinds = np.fromiter(map(type, content), dtype=object, count=len(content))
    for kind in dict.fromkeys(kinds.tolist()):
        where = np.flatnonzero(kinds == kind)
        of_kind, uniques = pd.factorize(content[where], use_na_sentinel=False)
        code[where] = of_kind + len(found)
        found += uniques.tolist()
    return code, found


def occurring(cells: pd.Series) -> tuple[NDArray[Any], list[object]]:
    """As `distinct`, with None for what does not occur; a category may be left from rows above the table."""
    code, found = distinct(cells)
    return code, [cell if there else None for cell, there in zip(found, _occurs(code, len(found)), strict=False)]


def once(cells: pd.Series) -> tuple[NDArray[Any], pd.Series]:
    """As `occurring`, but the distinct cells are a column of their own; its last cell is a blank one for code -1."""
    if not isinstance(cells.dtype, pd.CategoricalDtype):
        code, found = distinct(cells)
        return code, pd.Series([*found, None], dtype=object)
    held = cast("pd.Categorical", cells.array)
    occurs = np.append(_occurs(held.codes, len(held.categories))[:-1], False)
    places = np.where(occurs, np.arange(len(occurs)), -1)
    return held.codes, pd.Series(pd.Categorical.from_codes(places, dtype=held.dtype, validate=False))


def _occurs(code: NDArray[Any], count: int) -> Flags:
    """Which of the codes below `count` there are, and whether there is a code -1, where there was no cell at all."""
    occurs = np.zeros(count + 1, dtype=bool)
    for rows in _parts(code):
        occurs[code[rows]] = True
    return occurs


def used(cells: pd.Series) -> list[object]:
    """The distinct cells that occur and hold anything."""
    return [cell for cell in occurring(cells)[1] if cell is not None]


def each(cells: pd.Series, read: Callable[[object], Read], missing: object, dtype: Any) -> Parsed:
    """`read` for every distinct cell; blanks are `missing` and no fault, Excel's error values are their own."""
    code, found = distinct(cells)
    values = np.full(len(found) + 1, missing, dtype=dtype)  # one more for code -1, where there was no cell at all
    faults = np.zeros(len(found) + 1, dtype=np.int8)
    for place, cell in enumerate(found):
        if parse.is_blank(cell):
            continue
        value, fault = (None, _error(cell)) if isinstance(cell, ExcelError) else read(cell)
        if fault:
            faults[place] = FAULTS.index(fault)
        elif value is not None:
            values[place] = value
    return spread(values, faults, code)


def spread(values: Any, faults: Codes, code: NDArray[Any]) -> Parsed:
    """A column (n,) from what each of its codes (n,) says; the last value and fault may be for code -1."""
    return Parsed(at(values, code), at(faults, code) if faults.any() else np.zeros(len(code), dtype=np.int8))


def at(table: NDArray[Any], code: NDArray[Any]) -> NDArray[Any]:
    """`table[code]`, part by part: asking for the memory that long arrays of positions take costs more than the work
    itself."""
    found = np.empty(len(code), dtype=table.dtype)
    for rows in _parts(code):
        found[rows] = table.take(code[rows])
    return found


def _parts(code: NDArray[Any]) -> Iterator[slice]:
    return (slice(first, first + _PART) for first in range(0, len(code), _PART))


def texts(cells: pd.Series) -> Parsed:
    """The texts of a column without blanks around them; object, "" where blank. A number 12.0 is the text "12", and
    ="0012" or '0012, as machines write an id that Excel is to leave alone, the text "0012". A number of more than 15
    digits and a text such as "1,98001E+17" are at fault: Excel has rounded them, so that several ids have become one.
    """
    return each(cells, _text, "", object)


def flags(cells: pd.Series) -> Parsed:
    """Yes as 1.0 and no as 0.0, NaN where blank: the words of ``synonyms.toml``, ticks and crosses, true, 1 and 0."""
    return each(cells, _flag, np.nan, np.float64)


def numbers(cells: pd.Series, mark: str = "") -> Parsed:
    """The numbers of a column, float64: money, grouped thousands, negatives in parentheses. A percentage is no
    amount, and at fault.

    `mark`: the decimal mark of the column, "," or ".", as `decimal_mark` finds it; without one a text such as "1.250",
    which may be either, is at fault. A lone dash is 0, as accounting formats show it.
    """
    return each(cells, lambda cell: _number(cell, mark), np.nan, np.float64)


def decimal_mark(columns: Iterable[pd.Series], hint: str = "") -> str:
    """The decimal mark of columns that were written alike: what their texts settle, otherwise `hint`, "" for neither.

    "1.250.000" and "4,5" settle for the comma, "1,250,000" and "4.5" for the point. Where texts speak for both marks
    none is certain.
    """
    marks = {mark for cells in columns for cell in used(cells) if isinstance(cell, str) for mark in _marks(cell)}
    return marks.pop() if len(marks) == 1 else "" if marks else hint


def shown(cells: pd.Series, rule: str = "") -> list[str]:
    """What stands in each cell, as text for people, cut to what fits on a line.

    `rule`: the one that the cells break. Where no answer, figure, day or time can be read there may be a remark on a
    person ("Sakit TBC", "diteruskan ke Budi"), so what has other letters than those of days, times and money is "".
    """
    code, found = distinct(cells.cat.remove_unused_categories() if hasattr(cells, "cat") else cells)
    texts = [parse.without_forbidden(parse.as_text(cell)).strip() for cell in found]
    if rule in _MAY_BE_REMARKS:
        texts = [text if _is_plain(text) else "" for text in texts]
    texts = [_cut(text) for text in texts]
    return [texts[place] if place >= 0 else "" for place in code.tolist()]


def _is_plain(text: str) -> bool:
    words = _WORD.findall(text)
    return not words or (
        any(map(str.isdigit, text)) and all(word.casefold() in _PLAIN or folded(word) in months() for word in words)
    )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


_PART = 1 << 15
"""Rows."""
_SHOWN = 40
_MAY_BE_REMARKS = frozenset(FAULTS) - {"", "excel_error", "formula_without_value", "rounded_id"}
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = frozenset(("am", "pm", "a", "p", "m", "t", "z", "wib", "wita", "wit", "rp", "idr"))
_EXACT = 10**15
"""Excel keeps fifteen digits of a number; a NIP has eighteen."""
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2,}", re.IGNORECASE)
"""A long number as Excel shows and exports it."""
_QUOTED = re.compile(r"""="([^"]*)"|'(?=\d)(.*)""", re.DOTALL)
_CURRENCY = re.compile(r"^(?:rp\.?|idr)|(?:rp\.?|idr|,-|\.-|,--)$", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*")
_DIGITS = re.compile(r"[0-9]+")
_SPLIT = re.compile(r"([0-9.,' ]*?)([.,])([0-9]*)")
_DASHES = frozenset("-–—")


def _text(cell: object) -> Read:
    if isinstance(cell, (int, float)) and abs(cell) >= _EXACT:
        return None, "rounded_id"
    if isinstance(cell, str) and cell.isalnum():  # nearly every id
        return cell, ""
    text = parse.without_forbidden(parse.as_text(cell)).strip()
    if _EXPONENT.fullmatch(text):
        return None, "rounded_id"
    quoted = _QUOTED.fullmatch(text)
    return ((quoted[1] or quoted[2] or "").strip() if quoted else text), ""


def _error(cell: ExcelError) -> str:
    return "formula_without_value" if isinstance(cell, UncalculatedFormulaError) else "excel_error"


def _flag(cell: object) -> Read:
    if isinstance(cell, (bool, np.bool_)):
        return float(cell), ""
    found = answers().get(folded(parse.as_text(cell)))
    return (None, "not_yes_or_no") if found is None else (float(found), "")


def _number(cell: object, mark: str) -> Read:
    if isinstance(cell, (bool, np.bool_)):
        return None, "not_a_number"
    if isinstance(cell, (int, float, np.number)):
        value = float(cell)
        return (value, "") if math.isfinite(value) else (None, "not_a_number")
    if not isinstance(cell, str):
        return None, "not_a_number"
    text, sign = _bare(cell)
    if text in _DASHES:
        return 0.0, ""
    if _DIGITS.fullmatch(text):
        return sign * float(text), ""
    marks = _marks(cell)
    grouped = _GROUPED.fullmatch(text)
    if not marks and not mark and grouped and grouped[1] in ".,":
        return None, "ambiguous_number"
    decimal = marks[0] if marks else mark
    return _with_mark(text, decimal, sign)


def _with_mark(text: str, decimal: str, sign: float) -> Read:
    whole, found, fraction = text.rpartition(decimal) if decimal else (text, "", "")
    if not found:
        whole, fraction = text, ""
    if (fraction and not _DIGITS.fullmatch(fraction)) or (not whole and not fraction):
        return None, "not_a_number"
    grouped = _GROUPED.fullmatch(whole)
    if whole and not _DIGITS.fullmatch(whole) and not (grouped and grouped[1] != decimal):
        return None, "not_a_number"
    digits = re.sub(r"[.,' ]", "", whole) or "0"
    return sign * float(f"{digits}.{fraction or '0'}"), ""


def _bare(text: str) -> tuple[str, float]:
    """The number without currency and sign, and its sign."""
    plain, sign = " ".join(text.split()), 1.0
    if plain.startswith("(") and plain.endswith(")"):
        plain, sign = plain[1:-1].strip(), -1.0
    for _ in range(2):
        plain = _CURRENCY.sub("", plain).strip()
    if len(plain) > 1 and plain[0] in "+-−":
        sign = sign if plain[0] == "+" else -sign
        plain = _CURRENCY.sub("", plain[1:].strip()).strip()
    elif len(plain) > 1 and plain[-1] in "-−":  # as accounting systems write it behind
        plain, sign = plain[:-1].strip(), -sign
    return plain, sign


def _marks(text: str) -> tuple[str, ...]:
    """The decimal mark for which one number speaks: none where it may be written either way."""
    plain, _ = _bare(text)
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        return (max(".,", key=plain.rfind),)
    mark = "." if points else ","
    if points + commas == 0 or not _SPLIT.fullmatch(plain):
        return ()
    other = "," if mark == "." else "."
    if points + commas > 1:
        return (other,) if _GROUPED.fullmatch(plain) else ()
    before, _, after = plain.partition(mark)
    if len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0"):
        return ()
    return (mark,)
