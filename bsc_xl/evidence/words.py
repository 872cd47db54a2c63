"""What files call things: headings, months, answers and totals, in Indonesian and English (``synonyms.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

_UNIT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|(?<=\s)(?:rp|idr|rupiah)\b\.?\s*$", re.IGNORECASE)
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[\W_]+(?=\d)")
_PERCENT = re.compile(r"%|\b(?:persen|percent|prosen)", re.IGNORECASE)
_SIGNS = "√✓✔✗✘☑☐"
"""Answers that are no letters, and that folding must therefore not take away."""
_SUM = "∑"
"""Excel's sign for a sum, which is no letter as Σ is."""
_SPACED_OUT = re.compile(r"(?<=\b[^\W\d_])\s(?=[^\W\d_]\b)")
"""What stands between the letters of "T O T A L"."""
_NOTHING = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())
"""The characters of ASCII that folding takes away."""


def folded(text: str) -> str:
    """The letters and digits of a text without case and accents: "Tgl. Masuk" and "TGL_MASUK" are "tglmasuk"."""
    if text.isascii():
        return text.lower().translate(_NOTHING)
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum() or c in _SIGNS)


def alike(text: str) -> str:
    """One text for all spellings of a name: folded, but 5.1.11 stays another number than 5.11.1; the text itself
    where it has neither letters nor digits."""
    return "|".join(map(folded, _BETWEEN_NUMBERS.split(text))) or text


@lru_cache(maxsize=1024)
def headings_of(cell: str) -> tuple[str, ...]:
    """What a heading may be looked up as: the whole, and without a unit in parentheses or a currency behind it; nothing
    for a blank one. A unit of percent is no mere unit: "Realisasi (%)" is another column than "Realisasi (Rp)"."""
    whole = folded(cell.replace("%", " persen "))
    without = whole if _PERCENT.search(cell) else folded(_UNIT.sub(" ", cell))
    return tuple(dict.fromkeys(filter(None, (whole, without))))


@cache
def headings(column: str) -> Mapping[str, int]:
    """Folded headings under which files have that column, with their rank; 0 goes before the others. Our own name is
    always one of them."""
    found = map(folded, (*_read()["column"].get(column, ()), column))
    return {name: rank for rank, name in enumerate(dict.fromkeys(found))}


@cache
def known_headings() -> frozenset[str]:
    """Every folded heading of every column."""
    return frozenset(name for column in _read()["column"] for name in headings(column))


@cache
def months() -> Mapping[str, int]:
    """Folded name of a month, long or short -> 1..12."""
    return {folded(name): int(number) for number, names in _read()["month"].items() for name in names}


@cache
def answers() -> Mapping[str, bool]:
    """Folded word -> yes or no."""
    return {folded(word): key == "yes" for key, words in _read()["answer"].items() for word in words}


@cache
def _totals() -> frozenset[str]:
    return frozenset(map(folded, _read()["total"]["words"]))


def is_total(text: str) -> bool:
    """The text is a word for a row which sums others up: "Jumlah", "T O T A L"."""
    return folded(text.replace(_SUM, "Σ")) in _totals()


def begins_total(text: str) -> bool:
    """The text begins with a word for a total: "Jumlah Belanja Pegawai"."""
    words = _SPACED_OUT.sub("", text).split()[:4]
    return any(is_total(" ".join(words[: count + 1])) for count in range(len(words)))


def ends_total(text: str) -> bool:
    """The text ends with a word for a total: "Belanja Daerah Total"."""
    return any(map(is_total, _SPACED_OUT.sub("", text).split()[-1:]))


def begins_part(text: str) -> bool:
    """The text begins as what is told of a list below its total: "Sudah digital"."""
    return folded(next(iter(text.split()), "")) in map(folded, _read()["total"]["parts"])


@cache
def period_words() -> Mapping[str, int]:
    """Folded word beside the number of a period -> how many months such a period has, 0 where the word does not say:
    "triwulan" in "Triwulan II" is 3."""
    return {
        folded(word): int(months) if months.isdigit() else 0
        for months, words in _read()["period"].items()
        for word in words
    }


def is_percent_unit(unit: str) -> bool:
    """Whether a KPI with that unit of measure holds shares in percent, or an index up to 100."""
    return "%" in unit or folded(unit) in map(folded, _read()["unit"]["percent"])


@cache
def _read() -> dict[str, dict[str, list[str]]]:
    text = (files(__name__.rpartition(".")[0]) / "synonyms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
