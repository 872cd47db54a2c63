"""Labels and references as pieces of a formula."""

from __future__ import annotations

import re

from bsc_xl.excel.layout import Layout, Ref
from bsc_xl.model import COMPARE_DECIMALS, SEEN

Formulas = dict[Ref, str]

OF_A_STEP = 1e-5
"""So much of the last decimal that is shown do numbers move away from zero before they are rounded, so that every
program takes the same side of a tie such as 9164.255; far more than arithmetic loses, far less than anybody sees."""
BEYOND_A_STEP = 1e-2
"""So much of the last decimal is no reason to ask for one step more: less than anybody misses, and more than is lost
where large sums nearly cancel."""
LARGE = 1_000_000
"""From here on decimals say nothing to anybody."""
SMALL = (0.099999, 0.0099999, 0.00099999, 0.000099999)
"""Below each of these, a hair below a tenth and so on, one more decimal is shown."""
SMALLEST = 1e-6
"""What is smaller has no digit to show."""
POINT_DECIMALS = 2
"""So many decimals do points within a sentence have."""
HARD_SPACE = "\u00a0"
"""No line breaks here: between a figure and its unit of measure."""
MINUS = "\u2212"
"""The sign of a negative amount within a sentence; behind a hyphen a line may break."""
THOUSANDS = (3, 6, 9, 12, 15)
"""Behind so many digits, from the right, stands a mark between thousands; a figure has no more digits than these."""


def joined(text: str, **parts: str) -> str:
    """A label with placeholders as a formula that joins its pieces: ``"Q" & bsc_period``."""
    pieces = re.split(r"\{(\w+)\}", text)
    terms = [parts[p] if i % 2 else '"' + p.replace('"', '""') + '"' for i, p in enumerate(pieces) if p]
    return "&".join(terms)


def quoted_label(layout: Layout, key: str) -> str:
    """A label as a text constant."""
    return '"' + layout.labels(key).replace('"', '""') + '"'


def code_and_name(place: str) -> str:
    """A KPI by its place in the trace list: long names may begin alike, codes never are alike."""
    return f'INDEX(bsc_kpi_code,{place})&" "&INDEX(bsc_kpi_name,{place})'


def shortened(text: str, limit: int) -> str:
    """A text that ends in an ellipsis when it is longer than `limit` characters."""
    return f'IF(LEN({text})>{limit},LEFT({text},{limit - 1})&"…",{text})'


def seen(difference: str) -> str:
    """A difference in points, 0 for one that two decimals show as none. `difference`: a formula, which is repeated."""
    return f"IF(ABS(ROUND({difference},{COMPARE_DECIMALS}))<{SEEN:g},0,{difference})"


def of_period(layout: Layout, cells: str, place: str) -> str:
    """One of the cells that stand for the periods; Gnumeric knows no INDEX into a single cell."""
    return cells if layout.periods == 1 else f"INDEX({cells},{place})"


def number_text(layout: Layout, value: str) -> str:
    """A number of points as text: two decimals, the decimal mark of the workbook's language, whatever the computer's
    own is; ties go away from zero. `value`: a formula, which is repeated.

    TEXT would not do: its format codes depend on the computer.
    """
    rounded = f"ROUND({value}+SIGN({value})*{10**-POINT_DECIMALS * OF_A_STEP:.0E},{POINT_DECIMALS})"
    # adding 0 takes the sign off a zero; 1 is how LibreOffice writes a TRUE that somebody enters
    return _in_language(layout, f"{rounded}+0", f"{POINT_DECIMALS}")


def gap_text(layout: Layout, gap: str) -> str:
    """By how many points a target is missed, in words where two decimals show none. `gap`: a cell with the difference
    as it is `seen`, not above 0."""
    return f"IF({gap}=0,{quoted_label(layout, 'unseen_gap')},{number_text(layout, f'(-{gap})')})"


def bounded(value: str, polarity: str) -> str:
    """What a KPI needs, rounded so that whoever brings what it says brings enough: up where that is at least it, down
    where it is at most it, else to the nearest. `polarity`: the place in the list of polarities.

    Two decimals; none from `LARGE` on; as many for small ones that two digits say something.
    """
    size = f"ABS({value})"
    decimals = f"IF({size}>={LARGE},0,2+({size}>={SMALLEST:G})*({_more_decimals(size)}))"
    up, nearest = 0.5 - BEYOND_A_STEP, f"SIGN({value})*{OF_A_STEP:.0E}"
    moved = f"{value}+CHOOSE({polarity},{up:G},-{up:G},{nearest},{up:G})*10^-({decimals})"
    return f"ROUND({moved},{decimals})+0"


def amount_text(layout: Layout, value: str) -> str:
    """An amount that is rounded already as text in the workbook's language, its thousands set apart and its sign never
    parted from it; whole numbers without decimals. `value`: the address of a number, which is repeated.

    The marks are put in from the right, so that those to come find their place unmoved: FIXED would set thousands
    apart as the computer does.
    """
    size, mark = f"ABS({value})", layout.labels.thousands
    text = _in_language(layout, size, f"IF({value}=INT({value}),0,2+{_more_decimals(size)})")
    length = f"LEN(FIXED(INT({size}),0,1))"
    for digits in THOUSANDS:
        text = f'REPLACE({text},MAX(1,{length}-{digits - 1}),0,IF({size}>=1E{digits},"{mark}",""))'
    return f'IF({value}<0,"{MINUS}","")&{text}'


def with_unit(layout: Layout, figure: str, unit: str) -> str:
    """A figure with its unit of measure: behind it, but for a currency, which goes before; on the same line as it.
    `unit`: an address."""
    said = f"TRIM({unit})"
    currency = f'LEFT({said},FIND(" ",{said}&" ")-1)'
    before = f'ISNUMBER(FIND(","&LOWER({currency})&",",",{layout.labels("recommendation.currencies")},"))'
    behind = f'IF({before},MID({said},LEN({currency})+1,LEN({said})),IF({said}="",""," "&{said}))'
    return f'IF({before},{currency}&"{HARD_SPACE}","")&{figure}&SUBSTITUTE({behind}," ","{HARD_SPACE}",1)'


def _more_decimals(size: str) -> str:
    """How many decimals more than two a small number is shown with, of those that are not 0."""
    return "+".join(f"({size}<{bound:G})" for bound in SMALL)


def _in_language(layout: Layout, rounded: str, decimals: str) -> str:
    """A rounded number with the decimal mark of the workbook's language."""
    return f'SUBSTITUTE(FIXED({rounded},{decimals},1),"{layout.labels.thousands}","{layout.labels.mark}")'
