"""The words of a workbook that no cell holds: titles of sheets and columns, messages, charts, footers, the ribbon.

They are found in the package where a program would look for them. Two drawings that differ in their language alone hold
the same words at the same places, so that each word of one stands for one of the other.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from xml.sax.saxutils import escape

from bsc_xl.excel import formulas
from bsc_xl.excel.grammar import literals, same_formula, with_headings, with_literals, with_titles
from bsc_xl.excel.stamp import markup
from bsc_xl.excel.translation.drawn import Drawn
from bsc_xl.excel.translation.wording import Wording
from bsc_xl.ooxml.package import Package
from bsc_xl.ooxml.parts import Parts, Sheet

Change = Callable[[str], str]

_PROMPTS = (b"error", b"errorTitle", b"prompt", b"promptTitle")
_DESCRIBED = (b"name", b"descr", b"title")
_SHAPES = ("map.box", "map.box_alt", "map.arrow", "map.arrow_alt", "perspective.")
_FORMULAS = rb"formula|formula1|formula2"
_REFERRING = rb"f|formula|formula1|formula2|definedName|calculatedColumnFormula|totalsRowFormula"
_FOOTERS = rb"(?:odd|even|first)(?:Footer|Header)"
_FOOTER_CODE = re.compile(r'(&(?:"[^"]*"|K[0-9A-Fa-f]{6}|[0-9]+|[LCR]))')
_QUOTED = re.compile(r'"([^"]*)"')
_SERIES = re.compile(rb"(<(?:[\w.-]+:)?tx>\s*<(?:[\w.-]+:)?v>)([^<]*)")
_NAME = re.compile(rb'(<(?:[\w.-]+:)?definedName\s[^>]*?\bname="(bsc_text_\w+)"[^>]*>)([^<]*)')
_LINE_BREAK = re.compile("_x000[AaDd]_")
_COPIED = ("/media/", "customUI/")
"""Parts that a program keeps as they are: pictures and the ribbon."""


@dataclass
class _Words:
    """What the words of one drawing are in the other, by where they stand; `wording` knows those with numbers in."""

    wording: Wording
    prompts: dict[str, str] = field(default_factory=dict)
    drawings: dict[str, str] = field(default_factory=dict)
    charts: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of each table: one word of a language may be two of the other."""
    formats: dict[str, str] = field(default_factory=dict)
    footers: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    formulas: list[tuple[str, str]] = field(default_factory=list)
    copied: dict[bytes, bytes] = field(default_factory=dict)


def translated(
    package: Package, sheets: Mapping[str, Sheet], there: Drawn, here: Drawn, rows_added: bool = False
) -> Package:
    """The package with the words of `here` where it has those of `there`. `sheets`: those that are ours, by key;
    `rows_added`: KPI rows were added by hand, so that some formulas are not those of the layout."""
    words, parts = _words(there, here), Parts(package)
    rewritten = _Rewritten(package)
    for part, way in _ways(parts, sheets, words):
        rewritten.by(part, way)
    if rows_added:
        said = _literals(there, here)
        for key in sheets.keys() & {"action_plan", "trace"}:
            rewritten.by(sheets[key].part, lambda part: _in_elements(part, b"f", lambda f: with_literals(f, said)))
    _rename(rewritten, parts, _titles(parts, sheets, there, here), _headings(parts, sheets, words))
    rewritten.by(parts.workbook, lambda part: _NAME.sub(lambda name: name[1] + _constant(name, words), part))
    copied = [name for name in package.members if any(place in name for place in _COPIED)]
    same = {name: words.copied.get(package.part(name), package.part(name)) for name in copied}
    return package.with_parts(rewritten.parts | same)


class _Rewritten:
    """The parts of a package that have been rewritten, one way after the other."""

    def __init__(self, package: Package) -> None:
        self.package, self.parts = package, dict[str, bytes]()

    def by(self, name: str, way: Callable[[bytes], bytes]) -> None:
        """Rewrites a part once more."""
        self.parts[name] = way(self.parts.get(name) or markup.utf8(self.package.part(name)))


def _ways(parts: Parts, sheets: Mapping[str, Sheet], words: _Words) -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    """The parts in which words stand, and how each is rewritten."""
    for sheet in sheets.values():
        yield sheet.part, lambda part: _sheet(part, words)
        for drawing in (each.target for each in parts.relations(sheet.part) if each.kind == "drawing"):
            yield drawing, lambda part: _drawing(part, words)
            for chart in (each.target for each in parts.relations(drawing) if each.kind == "chart"):
                yield chart, lambda part: _chart(part, words)
    for name, said in _headings(parts, sheets, words).items():
        part = parts.tables[name].part
        yield part, partial(_in_attributes, element=b"tableColumn", names=(b"name",), change=said)
    yield parts.styles, lambda part: _in_attributes(part, b"numFmt", (b"formatCode",), _quoted(words.formats))


# --- titles and headings --------------------------------------------------------------------------------------------


def _titles(parts: Parts, sheets: Mapping[str, Sheet], there: Drawn, here: Drawn) -> dict[str, str]:
    """Former title -> new title. One that somebody has changed stays, and so does one whose successor is taken."""
    ours = {sheet.title: key for key, sheet in sheets.items() if sheet.title == there.layout.title(key)}
    found = list(_attributes(parts.package.part(parts.workbook), b"sheet", (b"name",)))
    taken = {title.casefold() for title in found if title not in ours}
    titles = {title: here.layout.title(key) for title, key in ours.items()}
    return {title: new for title, new in titles.items() if new.casefold() not in taken}


def _headings(parts: Parts, sheets: Mapping[str, Sheet], words: _Words) -> dict[str, Change]:
    """For each table of ours what the headings of its columns are now."""
    ours = {sheet.part for sheet in sheets.values()}
    return {name: _said(words.columns.get(name, {})) for name, table in parts.tables.items() if table.sheet in ours}


def _rename(rewritten: _Rewritten, parts: Parts, titles: Mapping[str, str], headings: Mapping[str, Change]) -> None:
    """The titles of sheets, every formula and link that names one, and every formula that names a column of ours."""

    def title(text: str) -> str:
        return titles.get(text, text)

    def named(text: str) -> str:
        return with_titles(text, titles)

    def heading(table: str, former: str) -> str:
        return _LINE_BREAK.sub("\n", headings[table](former)) if table in headings else former

    def referring(formula: str) -> str:
        return with_headings(named(formula), heading)

    def everywhere(part: bytes) -> bytes:
        part = _in_elements(part, _REFERRING, referring)
        part = _in_attributes(part, b"hyperlink", (b"location",), named)
        return _in_attributes(part, b"worksheetSource", (b"sheet",), title)

    for name in rewritten.package.members:
        if name.startswith("xl/") and name.endswith(".xml"):
            rewritten.by(name, everywhere)
    rewritten.by(parts.workbook, lambda part: _in_attributes(part, b"sheet", (b"name",), title))
    for properties in (each.target for each in parts.relations("") if each.kind == "extended-properties"):
        rewritten.by(properties, lambda part: _in_elements(part, b"lpstr", lambda text: titles.get(text, named(text))))


# --- what stands where ----------------------------------------------------------------------------------------------


def _sheet(part: bytes, words: _Words) -> bytes:
    part = _in_attributes(part, b"dataValidation", _PROMPTS, _said(words.prompts))
    part = _in_elements(part, _FOOTERS, _footer(words.footers))
    return _in_elements(part, _FORMULAS, lambda formula: _same(formula, words.formulas))


def _drawing(part: bytes, words: _Words) -> bytes:
    part = _in_attributes(part, b"cNvPr", _DESCRIBED, lambda text: _described(text, words))
    return _in_elements(part, b"t", _said(words.drawings))


def _described(text: str, words: _Words) -> str:
    """A shape of the strategy map says which objectives it is about: not every one is known from the drawing."""
    return words.drawings.get(_plain(text)) or words.wording.of(text, _SHAPES)


def _chart(part: bytes, words: _Words) -> bytes:
    part = _in_elements(part, b"t", _said(words.charts))
    return _SERIES.sub(lambda found: found[1] + _changed(found[2], _said(words.charts), {}), part)


def _footer(words: Mapping[str, str]) -> Change:
    return lambda text: "".join(words.get(piece, piece) for piece in _FOOTER_CODE.split(text))


def _quoted(words: Mapping[str, str]) -> Change:
    return lambda code: _QUOTED.sub(lambda found: f'"{words.get(found[1], found[1])}"', code)


def _same(formula: str, known: Iterable[tuple[str, str]]) -> str:
    return next((new for old, new in known if same_formula(old, formula)), formula)


def _constant(name: re.Match[bytes], words: _Words) -> bytes:
    key = name[2].decode()
    return escape(words.names[key]).encode() if key in words.names else name[3]


# --- what the words of two drawings are to each other ---------------------------------------------------------------


def _learn(words: _Words, one: bytes, other: bytes) -> None:
    """Notes what differs; which places a part has tells what it is."""

    def both(texts: Callable[[bytes], Iterator[str]]) -> Iterator[tuple[str, str]]:
        pairs = zip(texts(one), texts(other), strict=True)
        return ((old, new) for old, new in pairs if old != new)

    words.prompts |= _by_plain(both(lambda part: _attributes(part, b"dataValidation", _PROMPTS)))
    for table in _attributes(one, b"table", (b"displayName",)):
        words.columns[table] = _by_plain(both(lambda part: _attributes(part, b"tableColumn", (b"name",))))
    words.drawings |= _by_plain(both(lambda part: _attributes(part, b"cNvPr", _DESCRIBED)))
    if b"<sst" not in one[:200]:
        runs = _by_plain(both(lambda part: _elements(part, b"t")))
        words.drawings |= runs
        words.charts |= runs
    words.charts |= _by_plain(both(lambda part: (_text(found[2]) for found in _SERIES.finditer(part))))
    words.formulas += both(lambda part: _elements(part, _FORMULAS))
    for old, new in both(lambda part: _attributes(part, b"numFmt", (b"formatCode",))):
        words.formats |= dict(zip(_QUOTED.findall(old), _QUOTED.findall(new), strict=True))
    for old, new in both(lambda part: _elements(part, _FOOTERS)):
        words.footers |= dict(zip(_FOOTER_CODE.split(old), _FOOTER_CODE.split(new), strict=True))
    words.names |= {name[2].decode(): _text(name[3]) for name in _NAME.finditer(other)}


def _words(there: Drawn, here: Drawn) -> _Words:
    words = _Words(Wording(there.layout.labels, here.layout.labels))
    for name, member in there.package.members.items():
        if member != here.package.members[name]:
            one, other = there.package.part(name), here.package.part(name)
            if any(place in name for place in _COPIED):
                words.copied[one] = other
            elif name.endswith(".xml"):
                _learn(words, one, other)
    return words


def _literals(there: Drawn, here: Drawn) -> dict[str, str]:
    """What the texts within formulas are in the other language."""
    old, new = formulas.every(there.layout), formulas.every(here.layout)
    pairs = [(literals(formula), literals(new[ref])) for ref, formula in old.items()]
    return {text: said for one, other in pairs if len(one) == len(other) for text, said in zip(one, other, strict=True)}


def _by_plain(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {_plain(old): new for old, new in pairs}


def _plain(text: str) -> str:
    """Programs differ in how they write the end of a line."""
    return " ".join(_LINE_BREAK.sub(" ", text).split())


def _said(words: Mapping[str, str]) -> Change:
    return lambda text: words.get(_plain(text), text)


# --- elements and attributes ----------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _element(names: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(<(?:[\w.-]+:)?(?:" + names + rb")(?:\s[^>]*)?(?<!/)>)([^<]*)")


def _elements(part: bytes, names: bytes) -> Iterator[str]:
    return (_text(found[2]) for found in _element(names).finditer(part))


def _in_elements(part: bytes, names: bytes, change: Change) -> bytes:
    return _element(names).sub(lambda found: found[1] + _changed(found[2], change, {}), part)


def _attributes(part: bytes, element: bytes, names: Iterable[bytes]) -> Iterator[str]:
    for found in markup.tag(element).finditer(part):
        for name in names:
            if (value := markup.attribute(found["rest"], name)) is not None:
                yield _text(value)


def _in_attributes(part: bytes, element: bytes, names: Iterable[bytes], change: Change) -> bytes:
    def put(found: re.Match[bytes]) -> bytes:
        rest = found["rest"]
        for name in names:
            value = markup.attribute(rest, name)
            if value is not None and (new := _changed(value, change, _IN_QUOTES)) != value:
                end = b"/" if rest.endswith(b"/") else b""
                rest = markup.with_attribute(rest.removesuffix(b"/"), name, new) + end
        return found[0][: found.start("rest") - found.start()] + rest + b">"

    return markup.tag(element).sub(put, part)


_IN_QUOTES = {'"': "&quot;", "\n": "&#10;"}


def _changed(held: bytes, change: Change, entities: dict[str, str]) -> bytes:
    text = _text(held)
    changed = change(text)
    return held if changed == text else escape(changed, entities).encode()


def _text(held: bytes) -> str:
    return html.unescape(held.decode())
