"""The checks of what is typed into a cell, each with a message in the user's words."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bsc_xl.labels import Labels


def add(
    sheet: Worksheet, text: Labels, cells: str, message: str, *, prompt: str | None = None, **options: object
) -> None:
    """Check `cells` as the `options` of Excel's data validation say; blank always passes.

    `message` is shown when an entry does not fit, `prompt` when a cell is picked.
    """
    check = DataValidation(allow_blank=True, showErrorMessage=True, **options)
    check.errorTitle, check.error = text("validation.title"), message
    if prompt:
        check.showInputMessage = True
        check.promptTitle, check.prompt = text("validation.input_title"), prompt
    check.add(cells)
    sheet.add_data_validation(check)
