"""What is left of a sheet for reading its values holds every value of the whole sheet that anybody looks at."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import NamedTuple
from xml.sax.saxutils import escape

import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl.excel.intake.sheets import Formulas, learnt
from bsc_xl.ooxml import package

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def leads_to(kind: str, target: str) -> str:
    """The part that leads to another one."""
    return (
        f'<Relationships xmlns="{LINKS}"><Relationship Id="rId1" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        "</Relationships>"
    )


WORKBOOK = {
    "_rels/.rels": leads_to("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": leads_to("worksheet", "worksheets/sheet1.xml"),
}
COLUMNS, ROWS = "ABCDE", range(1, 5)

Address = tuple[int, str]


class Formula(NamedTuple):
    """A formula, as it stands in the part, and whether anybody looks at what it shows."""

    element: str
    shown: bool


class Found(NamedTuple):
    """What a cell holds beside a formula: its kind, and its content in the part."""

    kind: str
    content: str

    def cell(self, at: Address, formula: str = "") -> str:
        return f'<c r="{at[1]}{at[0]}" s="3"{self.kind}>{formula}{self.content}</c>'


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)
marks = st.sampled_from(("</c>", '<c r="A1">', '<c r="A1"/>', "<v>7</v>", "</sheetData>x", "&", "<!", " "))
literals = (
    st.lists(st.one_of(texts, marks), max_size=3)
    .map("".join)
    .filter(lambda text: "]]>" not in text and "<f" not in text)
)
numbers = st.floats(allow_nan=False, allow_infinity=False).map(lambda value: Found("", f"<v>{value!r}</v>"))
shown_texts = texts.map(lambda text: Found(' t="str"', f"<v>{escape(text)}</v>"))
results = st.one_of(numbers, shown_texts, st.just(Found("", "")), st.just(Found(' t="b"', "<v>1</v>")))
inputs = st.one_of(
    numbers,
    texts.map(lambda text: Found(' t="inlineStr"', f'<is><t xml:space="preserve">{escape(text)}</t></is>')),
    literals.map(lambda text: Found(' t="inlineStr"', f"<is><t><![CDATA[{text}]]></t></is>")),
    st.just(Found(' t="b"', "<v>0</v>")),
    st.just(Found("", "")),
)
addresses = st.tuples(st.sampled_from(ROWS), st.sampled_from(COLUMNS))
formulas = st.builds(
    Formula,
    st.one_of(
        texts.map(lambda text: f"<f>{escape(text)}</f>"),
        st.just('<f t="shared" si="0"/>'),
        st.just('<f t="shared" ref="B2:B3" si="0">A1+1</f>'),
    ),
    st.booleans(),
)
forms = st.dictionaries(addresses, formulas)


def part(form: Mapping[Address, Formula], cells: Mapping[Address, Found]) -> bytes:
    """The sheet with these formulas, and with what its cells hold or show; cells of which nothing is said are empty, in
    one of the two ways in which that is written."""
    rows = []
    for row in ROWS:
        written = []
        for column in COLUMNS:
            at = row, column
            if at in form:
                written.append(cells[at].cell(at, form[at].element))
            elif at in cells:
                written.append(cells[at].cell(at))
            elif column != "C":
                written.append(f'<c r="{column}{row}" s="1"/>')
        rows.append(f'<row r="{row}" ht="20">{"".join(written)}</row>')
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData><pageMargins/></worksheet>'
    return sheet.encode()


@st.composite
def contents(draw: st.DrawFn, form: Mapping[Address, Formula]) -> dict[Address, Found]:
    """What stands in a sheet with these formulas."""
    return {**draw(st.dictionaries(addresses, inputs)), **{at: draw(results) for at in form}}


def values(sheet: bytes) -> dict[Address, object]:
    """What python-calamine reads from the sheet, where it is not empty."""
    parts = {name: text.encode() for name, text in WORKBOOK.items()} | {"xl/worksheets/sheet1.xml": sheet}
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(package.write(parts))) as book:
        rows = book.get_sheet_by_name("S").to_python(skip_empty_area=False)
    found = {(i, column): value for i, row in enumerate(rows, 1) for column, value in zip(COLUMNS, row, strict=False)}
    return {at: value for at, value in found.items() if value != ""}


def known(form: Mapping[Address, Formula], sheet: bytes) -> Formulas:
    """The formulas of the sheet as they are learnt from it."""
    found = learnt(sheet, {f"{column}{row}" for (row, column), formula in form.items() if formula.shown})
    assert found is not None
    return found


def seen(form: Mapping[Address, Formula], sheet: bytes) -> dict[Address, object]:
    """The values of the whole sheet without those of formulas that nobody looks at."""
    return {at: value for at, value in values(sheet).items() if at not in form or form[at].shown}


@given(st.data())
def test_what_is_left_of_any_sheet_with_formulas_that_are_known_has_the_values_of_the_whole(
    data: st.DataObject,
) -> None:
    form = data.draw(forms)
    first, *others = (part(form, data.draw(contents(form))) for _ in range(3))
    formulas = known(form, first)
    for sheet in (first, *others, first):
        left = formulas.values(sheet)
        assert left is not None
        assert b"<f" not in left
        assert values(left) == seen(form, sheet)


@given(st.data())
def test_a_text_in_which_a_formula_seems_to_begin_is_never_taken_for_another_value(data: st.DataObject) -> None:
    form = data.draw(forms)
    cells = data.draw(contents(form))
    formulas = known(form, part(form, cells))
    at = data.draw(addresses.filter(lambda at: at not in form))
    seeming = data.draw(st.one_of(formulas_in_words(form), literals))
    sheet = part(form, cells | {at: Found(' t="inlineStr"', f"<is><t><![CDATA[{seeming}]]></t></is>")})
    left = formulas.values(sheet)
    assert left is None if "<f" in seeming else left is not None and values(left) == seen(form, sheet)


def formulas_in_words(form: Mapping[Address, Formula]) -> st.SearchStrategy[str]:
    """A formula as the text of a cell, such as one that the sheet has."""
    return st.sampled_from([*(formula.element for formula in form.values()), "<f>1</f>"])


@given(st.data())
def test_another_formula_is_none_that_is_known(data: st.DataObject) -> None:
    form = data.draw(forms.filter(bool))
    cells = data.draw(contents(form))
    formulas = known(form, part(form, cells))
    at = data.draw(st.sampled_from(sorted(form)))
    other = form | {at: data.draw(st.builds(Formula, st.just("<f>OTHER()</f>"), st.just(form[at].shown)))}
    gone = {place: formula for place, formula in form.items() if place != at}
    for changed in (other, gone):
        sheet = part(changed, cells)
        assert not formulas.stand_in(sheet)
        assert formulas.values(sheet) is None
    assert formulas.stand_in(part(form, cells))
