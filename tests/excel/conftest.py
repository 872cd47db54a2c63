"""The bureau's workbook in Indonesian, for tests of one part or another of it."""

from __future__ import annotations

import pytest
import workbooks

from bsc_xl.excel import stamp, template
from bsc_xl.ooxml import package


@pytest.fixture(scope="module")
def made() -> workbooks.Made:
    return workbooks.bureau("id")


@pytest.fixture(scope="module")
def parts(made: workbooks.Made) -> dict[str, bytes]:
    return package.read(stamp.stamp(template.draw(made.layout), made.writes))
