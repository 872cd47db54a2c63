"""Formulas between Excel's grammar and the one in which LibreOffice's programming interface takes and gives them.

Both use English names and A1 addresses. LibreOffice parts arguments by ``;`` where Excel has ``,`` and a sheet from its
cell by ``.`` where Excel has ``!``. Texts in quotes and sheet names are passed over, so nothing within them changes.
Standard library only: LibreOffice's Python runs it.
"""

import re

_TEXT = r'"(?:[^"]|"")*"'
_QUOTED = r"\$?'(?:[^']|'')*'"
_CALC = re.compile(
    rf"(?P<text>{_TEXT})|(?P<sheet>{_QUOTED}|\$?[^\W\d][\w]*)\.(?=\$?[A-Z]+\$?\d|#REF!)|\$(?P<gone>#REF!)\.|(?P<mark>[;~])"
)
_EXCEL = re.compile(
    rf"(?P<text>{_TEXT})|(?P<sheet>{_QUOTED}|[^\W\d][\w.]*)!(?=\$?[A-Z]+\$?\d)|(?P<mark>,)|(?P<word>[^\W\d][\w.]*)"
)
_PLAIN = re.compile(r"[^\W\d]\w*")


def to_excel(formula: str) -> str:
    """A formula as Excel writes it; what is no formula stays as it is."""
    return _CALC.sub(_excel, formula) if formula.startswith("=") else formula


def to_calc(formula: str) -> str:
    """A formula as LibreOffice takes it; what is no formula stays as it is."""
    return _EXCEL.sub(_calc, formula) if formula.startswith("=") else formula


def quoted(title: str) -> str:
    """The title of a sheet as Excel writes it in formulas: in quotes where it is no plain word."""
    return title if _PLAIN.fullmatch(title) else "'" + title.replace("'", "''") + "'"


def _excel(found: re.Match[str]) -> str:
    if found["mark"]:
        return ","
    if found["gone"]:
        return "#REF!"
    return found["sheet"].lstrip("$") + "!" if found["sheet"] else found[0]


def _calc(found: re.Match[str]) -> str:
    if found["mark"]:
        return ";"
    return f"${found['sheet']}." if found["sheet"] else found[0]
