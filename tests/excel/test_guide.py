"""The guide shows its five steps with pictures of the workbook itself, on two pages."""

from __future__ import annotations

import io
import posixpath
import zipfile
from xml.etree import ElementTree

import pytest
import workbooks

from bsc_xl.excel import stamp, template
from bsc_xl.excel.template import guide, pictures
from bsc_xl.labels import LANGUAGES

MOST_BYTES = 25_000
PALETTE = 3


def parts_of(language: str) -> dict[str, bytes]:
    made = workbooks.bureau(language)
    with zipfile.ZipFile(io.BytesIO(stamp.stamp(template.draw(made.layout), made.writes))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_is_small_and_of_the_proportions_of_its_place(language: str) -> None:
    for name in guide.SHOWN:
        png = pictures.picture(language, name)
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        assert len(png) <= MOST_BYTES
        assert png[25] == PALETTE
        wide, high = pictures.size(png)
        assert wide / high == pytest.approx(pictures.WIDTH / pictures.HEIGHT, rel=0.01)
        assert wide >= 2 * pictures.WIDTH  # sharp on paper


def test_the_pictures_of_the_languages_differ() -> None:
    for name in guide.SHOWN:
        assert len({pictures.picture(language, name) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_and_chart_of_a_workbook_says_what_it_shows(language: str) -> None:
    parts = parts_of(language)
    drawings = {name: part for name, part in parts.items() if name.startswith("xl/drawings/drawing")}
    shown, said = 0, []
    for part in drawings.values():
        for anchor in ElementTree.fromstring(part):
            about = [each for each in anchor.iter() if each.tag.endswith("}cNvPr")]
            shown += any(each.tag.endswith(("}graphicFrame", "}pic")) for each in anchor)
            said += [each.get("descr", "") for each in about]
    charts = sum(name.startswith("xl/charts/chart") for name in parts)
    assert shown == charts + len(guide.SHOWN)
    assert all(len(each) > 15 for each in said), said
    assert not any(each in said for each in ("Picture", "Chart"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_lies_in_the_package_where_the_drawing_looks_for_it(language: str) -> None:
    parts = parts_of(language)
    (relations,) = [part for name, part in parts.items() if name.endswith(".rels") and b"/image" in part]
    targets = [each.get("Target", "") for each in ElementTree.fromstring(relations)]
    assert [parts[posixpath.normpath(target).lstrip("/")] for target in targets] == [
        pictures.picture(language, name) for name in guide.SHOWN
    ]


def test_the_text_of_a_step_names_the_sheet_that_its_picture_shows() -> None:
    for language in LANGUAGES:
        layout = workbooks.bureau(language).layout
        sheet = template.drawing(layout)[layout.title("guide")]
        for step, name in enumerate(guide.SHOWN, start=1):
            row = guide.step_row(step)
            assert sheet[f"B{row}"].value == step
            assert layout.title(name) in sheet[f"C{row + 1}"].value


def test_the_rows_of_the_guide_are_as_high_in_every_language() -> None:
    heights = []
    for language in LANGUAGES:
        layout = workbooks.bureau(language).layout
        rows = template.drawing(layout)[layout.title("guide")].row_dimensions
        heights.append({number: row.height for number, row in rows.items()})
    assert heights[0] == heights[1]
