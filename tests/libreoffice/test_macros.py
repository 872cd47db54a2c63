"""LibreOffice reads the VBA project, whose functions it can call, and the workbook around it calculates as ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import workbooks
from office import Offices

from bsc_xl.excel import stamp, template
from bsc_xl.excel.layout import Ref
from bsc_xl.labels import LANGUAGES


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    with Offices(tmp_path_factory.mktemp) as running:
        yield running


@pytest.mark.parametrize("language", LANGUAGES)
def test_libreoffice_opens_an_xlsm_calls_a_function_and_calculates(
    language: str, tmp_path: Path, offices: Offices
) -> None:
    made = workbooks.bureau(language)
    path = tmp_path / "unit.xlsm"
    path.write_bytes(stamp.stamp(template.draw(made.layout, with_macros=True), made.writes))
    office = offices(language)
    office.open(path)

    statement = office.run("BscRibbon.PythonStatement", "recalculate")

    assert statement == "from bsc_xl.ribbon import recalculate;recalculate()"
    actual = made.layout.cell("financial", made.layout.rows("financial")[0], "actual", made.card.period)
    score = Ref("trace", made.layout.rollup("score", 0).cell)
    office.type(made.layout, [(actual, office.typed(50.0))])
    saved = workbooks.Cells(office.save(tmp_path / "typed.xlsx"))
    assert saved.at(made.layout.title(score.sheet), score.cell) == pytest.approx(50.0)
