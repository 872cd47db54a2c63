"""Raw cells to values: numbers in four states, texts, flags and choices; whole columns at once.

Source: domain.md, section 3. Work is done once per distinct value of a column, so that a million cells take about as
long as their distinct values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bsc_xl.model import NA_TEXT, Cell
from bsc_xl.tables.columns import TEXT_LIMIT, Codes, Floats, Texts
from bsc_xl.tables.raw import ExcelError, NumberStyle, UncalculatedFormulaError

FAULTS = (
    "",
    "not_a_number",
    "excel_error",
    "not_finite",
    "ambiguous_number",
    "na_not_allowed",
    "formula_without_value",
)
"""Rules that a cell of a number column can break; `Numbers.fault` is a position here."""
_NOT_A_NUMBER, _EXCEL_ERROR, _NOT_FINITE, _AMBIGUOUS, _NA_NOT_ALLOWED, _UNCALCULATED = range(1, len(FAULTS))

_ERROR_TEXT = re.compile(
    "#(DIV/0!|N/A|NAME[?]|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|EXTERNAL!"
    "|GETTING_DATA)",
    re.IGNORECASE,
)
_NOT_FINITE_TEXT = re.compile(r"[+-]?(inf|infinity|nan)", re.IGNORECASE)
_POINT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]*)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")
# Most of these XML 1.0 cannot hold, and so neither can a workbook; \x7f to \x9f it can, and nobody sees them either.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?")
_LOOKS_LIKE_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})([T ]00:00(:00(\.0+)?)?)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
EXAMPLE_OF_DATE = "2026-12-31"
DATED = range(1900, 3000)
"""The years of dates."""
_FLAGS = {"": False, "true": True, "ya": True, "yes": True, "1": True}
_FLAGS |= {"false": False, "tidak": False, "no": False, "0": False}
_NOTHING = (type(None), type(pd.NA), type(pd.NaT))
_NO_TEXT = (bytes, bytearray, memoryview, list, tuple, dict, set, np.ndarray)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers, each array (n,).

    `value`: float64, NaN unless the state is NUMBER. `state`: codes of `model.Cell`. `fault`: for the state ERROR the
    position in `FAULTS` of the rule that is broken, otherwise 0.
    """

    value: Floats
    state: Codes
    fault: Codes

    def whole(self) -> NDArray[np.bool_]:
        """Where the cell holds a number without a fraction."""
        return np.asarray((self.state == Cell.NUMBER) & (self.value == np.floor(self.value)), dtype=bool)

    def rejected(self, cells: Texts, outside: NDArray[np.bool_] | None = None) -> Texts:
        """What stands in `cells` where the state is ERROR, or a number is `outside` what is allowed, as text; ""
        elsewhere."""
        found = np.full(len(cells), "", dtype=object)
        wrong = self.state == Cell.ERROR
        for place in np.flatnonzero(wrong if outside is None else wrong | outside):
            found[place] = as_text(cells[place])
        return found

    def without_na(self) -> Numbers:
        """The same for a column in which N/A has no meaning: it is an error there."""
        na = self.state == Cell.NA
        state = np.where(na, np.int8(Cell.ERROR), self.state)
        return Numbers(self.value, state, np.where(na, np.int8(_NA_NOT_ALLOWED), self.fault))


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of texts, each array (n,). `value`: str, "" when blank, never with characters that XML forbids.

    `cleaned`: such characters were removed. `too_long`: the text was cut at the limit. `excel_error`: the cell
    holds an error value, `uncalculated`: a formula without a value, `not_a_text`: something that has no text, such as a
    list or bytes; the text of all three is "".
    """

    value: Texts
    cleaned: NDArray[np.bool_]
    too_long: NDArray[np.bool_]
    excel_error: NDArray[np.bool_]
    uncalculated: NDArray[np.bool_]
    not_a_text: NDArray[np.bool_]


def numbers(cells: Texts, style: NumberStyle = NumberStyle.POINT) -> Numbers:
    """The numbers of a column, in four states.

    Numbers and numeric text are NUMBER; None, NaN and empty text are BLANK; N/A in any case is NA. Everything else is
    ERROR: other text, Excel's error values, dates, true and false (they are not 1 and 0), infinity and "nan" as text.
    """
    value = np.full(len(cells), np.nan)
    state = np.full(len(cells), Cell.BLANK, dtype=np.int8)
    fault = np.zeros(len(cells), dtype=np.int8)
    for kind, where in _by_type(cells):
        if issubclass(kind, _NOTHING):
            continue
        if issubclass(kind, ExcelError):
            state[where] = Cell.ERROR
            fault[where] = _UNCALCULATED if issubclass(kind, UncalculatedFormulaError) else _EXCEL_ERROR
        elif issubclass(kind, str):
            code, distinct = pd.factorize(cells[where])
            read = [_number_in(text, style) for text in distinct]
            value[where] = np.array([found[0] for found in read])[code]
            state[where] = np.array([found[1] for found in read], dtype=np.int8)[code]
            fault[where] = np.array([found[2] for found in read], dtype=np.int8)[code]
        elif issubclass(kind, (int, float, Decimal, np.number)) and not issubclass(kind, (bool, np.complexfloating)):
            found = _floats(cells[where])
            blank, endless = np.isnan(found), np.isinf(found)
            value[where] = np.where(endless, np.nan, found)
            state[where] = np.where(blank, Cell.BLANK, np.where(endless, Cell.ERROR, Cell.NUMBER))
            fault[where] = np.where(endless, _NOT_FINITE, 0)
        else:
            state[where], fault[where] = Cell.ERROR, _NOT_A_NUMBER
    return Numbers(value, state, fault)


def texts(cells: Texts, trim: bool = False, limit: int = TEXT_LIMIT) -> TextColumn:
    """The texts of a column; a text is kept as it is, whatever it begins with, save for what no workbook can hold.

    `trim` takes blanks off both ends, for codes and choices. `limit`: the longest text, in UTF-16 units. Every end of a
    line becomes a line feed, as in a cell. Whole numbers become text without a fraction (a code
    12.0 is "12"), dates become ISO text, true and false those words.
    """
    value = np.full(len(cells), "", dtype=object)
    cleaned, too_long, error, uncalculated, other = (np.zeros(len(cells), dtype=bool) for _ in range(5))
    for kind, where in _by_type(cells):
        if issubclass(kind, _NOTHING):
            continue
        if issubclass(kind, ExcelError):
            (uncalculated if issubclass(kind, UncalculatedFormulaError) else error)[where] = True
            continue
        if issubclass(kind, _NO_TEXT):
            other[where] = True
            continue
        code, distinct = pd.factorize(cells[where], use_na_sentinel=False)
        plain = [with_line_feeds(as_text(cell)) for cell in distinct]
        clean = [without_forbidden(text) for text in plain]
        short = [_cut(text, limit) for text in clean]
        cleaned[where] = np.array([a != b for a, b in zip(plain, clean, strict=True)])[code]
        too_long[where] = np.array([a != b for a, b in zip(clean, short, strict=True)])[code]
        kept = [text.strip() if trim or not text.strip() else text for text in short]
        value[where] = np.array(kept, dtype=object)[code]
    return TextColumn(value, cleaned, too_long, error, uncalculated, other)


def dates(cells: Texts) -> tuple[Texts, NDArray[np.bool_]]:
    """The dates of a column as `datetime.date`, None where there is none; and where something else stands.

    Dates, and texts such as 2026-12-31 or, as people write it here, 31/12/2026: the day comes first. A number is no
    date, and neither is a time of the day.
    """
    found = np.full(len(cells), None, dtype=object)
    found[:] = [_date(cell) for cell in cells]
    wrong = [date is None and not is_blank(cell) for date, cell in zip(found, cells, strict=True)]
    return found, np.array(wrong, dtype=bool)


def _date(cell: object) -> date | None:
    if isinstance(cell, _NOTHING):
        return None
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() and cell.year in DATED else None
    if isinstance(cell, date):
        return cell if cell.year in DATED else None
    text = cell.strip() if isinstance(cell, str) and not isinstance(cell, ExcelError) else ""
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_FIRST.fullmatch(text):
        year, month, day = int(found[4]), int(found[3]), int(found[1])
    else:
        return None
    try:
        return date(year, month, day) if year in DATED else None
    except ValueError:
        return None


def flags(column: TextColumn, words: Mapping[str, str] | None = None) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """True or false for each text, and where it is neither; blank is false.

    `words`: the only ones that the source has for "true" and "false"; by default all of ours.
    """
    known = _FLAGS if words is None else {"": False} | {_folded(word): _FLAGS[code] for word, code in words.items()}
    found = _each(column.value, lambda text: known.get(_folded(text)))
    unclear = pd.isna(found)
    return np.where(unclear, False, found).astype(bool), unclear


def choices(column: TextColumn, members: Mapping[str, int]) -> Codes:
    """The code of the member that each text names, without regard to case; -1 where it is blank or names none."""
    known = {_folded(word): code for word, code in members.items()}
    return _each(column.value, lambda text: known.get(_folded(text), -1)).astype(np.int8)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def positions(codes: Texts, known: Mapping[str, int], otherwise: int) -> NDArray[np.int64]:
    """The position of each code in `known`; `otherwise` for a code that is not there."""
    return _each(codes, lambda code: known.get(code, otherwise)).astype(np.int64)


def without_forbidden(text: str) -> str:
    """The text without the characters that no workbook can hold: control characters and halves of surrogate pairs."""
    return _FORBIDDEN.sub("", text)


def with_line_feeds(text: str) -> str:
    """The text with a line feed at the end of each line, whatever system it was written on."""
    return _LINE_END.sub("\n", text)


def without_codes(text: str) -> str:
    """The text as a workbook's XML holds it, where _x000D_ stands for a character by its code: what looks like such a
    code does not become one."""
    return _LOOKS_LIKE_CODE.sub("_x005F_", text)


def is_too_long(text: str, limit: int = TEXT_LIMIT) -> bool:
    """Whether the text exceeds `limit` UTF-16 units, by default what a cell can hold."""
    return len(text) * 2 > limit and len(text.encode("utf-16-le")) > limit * 2


def as_text(cell: object) -> str:
    """A cell's content as text, the same for a number that came as 12 or as 12.0; "" for nothing."""
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, _NOTHING):
        return ""
    if isinstance(cell, (bool, np.bool_)):
        return str(bool(cell)).lower()
    if isinstance(cell, (float, np.floating)):
        number = float(cell)
        if math.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(cell, Decimal) and cell.is_finite() and cell == cell.to_integral_value():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)


def is_blank(cell: object) -> bool:
    """Whether nothing was entered: None, NaN, or text without a visible character."""
    if isinstance(cell, str):
        return not cell.strip()
    return isinstance(cell, _NOTHING) or (isinstance(cell, (float, np.floating)) and bool(np.isnan(cell)))


def is_ambiguous(text: str) -> bool:
    """Whether a point in the text may separate decimals or thousands."""
    return _GROUPED.fullmatch(text) is not None


def has_decimal_comma(columns: list[Texts]) -> bool:
    """Whether any text in these columns is a number with a decimal comma."""
    return any("," in text and _COMMA.fullmatch(text) for text in _distinct_texts(columns))


def number_style(columns: list[Texts]) -> NumberStyle:
    """How the number columns of one table are written, where the source does not say.

    A comma anywhere settles for COMMA, a point that cannot separate thousands for POINT; neither leaves it UNCLEAR.
    """
    if has_decimal_comma(columns):
        return NumberStyle.COMMA
    if any("." in text and _POINT.fullmatch(text) and not is_ambiguous(text) for text in _distinct_texts(columns)):
        return NumberStyle.POINT
    return NumberStyle.UNCLEAR


def _distinct_texts(columns: list[Texts]) -> set[str]:
    return {text.strip() for cells in columns for text in cells if isinstance(text, str)}


def _by_type(cells: Texts) -> Iterator[tuple[type, NDArray[np.int64]]]:
    # Values are told apart by type first: 1, 1.0 and True are equal to each other and so would be taken for one.
    kinds = np.fromiter(map(type, cells), dtype=object, count=len(cells))
    code, distinct = pd.factorize(kinds)
    for number, kind in enumerate(distinct):
        yield kind, np.flatnonzero(code == number)


def _each(cells: Texts, function: Callable[[str], object]) -> Texts:
    code, distinct = pd.factorize(cells)
    found = np.empty(len(distinct), dtype=object)
    found[:] = [function(text) for text in distinct]
    return found[code]


def _number_in(text: str, style: NumberStyle) -> tuple[float, int, int]:
    if style is NumberStyle.CELLS and text and text.upper() != NA_TEXT:
        return math.nan, Cell.ERROR, _NOT_A_NUMBER
    text = text.strip()
    if not text:
        return math.nan, Cell.BLANK, 0
    if text.upper() == NA_TEXT:
        return math.nan, Cell.NA, 0
    if _ERROR_TEXT.fullmatch(text):
        return math.nan, Cell.ERROR, _EXCEL_ERROR
    if _NOT_FINITE_TEXT.fullmatch(text):
        return math.nan, Cell.ERROR, _NOT_FINITE
    if style is NumberStyle.UNCLEAR and is_ambiguous(text):
        return math.nan, Cell.ERROR, _AMBIGUOUS
    if style is NumberStyle.COMMA and _COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif style is NumberStyle.COMMA and "." in text:
        return math.nan, Cell.ERROR, _NOT_A_NUMBER
    if not _POINT.fullmatch(text):
        return math.nan, Cell.ERROR, _NOT_A_NUMBER
    value = float(text)
    return (value, Cell.NUMBER, 0) if math.isfinite(value) else (math.nan, Cell.ERROR, _NOT_FINITE)


def _floats(cells: Texts) -> Floats:
    try:
        return cells.astype(np.float64)
    except OverflowError:  # an integer with more than 308 digits
        return np.array([float(cell) if abs(cell) < 10**308 else math.inf for cell in cells])


def _cut(text: str, limit: int) -> str:
    if not is_too_long(text, limit):
        return text
    return text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", errors="ignore")
