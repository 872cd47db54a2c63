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


def number_text(layout: Layout, value: str, decimals: int = 2, *, signed: bool = False) -> str:
    """A number as text with the decimal mark of the workbook's language, whatever the computer's own is; ties go away
    from zero. No thousands separators. `value`: a formula, which is repeated; `signed`: with a plus above zero.

    TEXT would not do: its format codes depend on the computer.
    """
    rounded = f"ROUND({value}+SIGN({value})*{10**-decimals * OF_A_STEP:.0E},{decimals})"
    text = _in_language(layout, rounded, str(decimals))
    return f'IF({rounded}>0,"+","")&{text}' if signed else text


def bounded_text(layout: Layout, value: str, polarity: str) -> str:
    """What a KPI needs, as text, rounded so that whoever brings what it says brings enough: up where that is at least
    it, down where it is at most it, else to the nearest. `polarity`: the place in the list of polarities.

    Two decimals; none for whole numbers and from `LARGE` on; as many for small ones that two digits say something.
    """
    size = f"ABS({value})"
    small = "".join(f"+({size}<{bound:G})" for bound in SMALL)
    decimals = f"IF({size}>={LARGE},0,2+({size}>={SMALLEST:G})*({small[1:]}))"
    up, nearest = 0.5 - BEYOND_A_STEP, f"SIGN({value})*{OF_A_STEP:.0E}"
    rounded = f"ROUND({value}+CHOOSE({polarity},{up:G},-{up:G},{nearest},{up:G})*10^-({decimals}),{decimals})"
    text = _in_language(layout, rounded, decimals)
    return f'SUBSTITUTE(SUBSTITUTE({text}&"|","{layout.labels.mark}00|",""),"|","")'


def _in_language(layout: Layout, rounded: str, decimals: str) -> str:
    """A rounded number with the decimal mark of the workbook's language."""
    other = "," if layout.labels.mark == "." else "."
    # adding 0 takes the sign off a zero; 1 is how LibreOffice writes a TRUE that somebody enters
    return f'SUBSTITUTE(FIXED({rounded}+0,{decimals},1),"{other}","{layout.labels.mark}")'
