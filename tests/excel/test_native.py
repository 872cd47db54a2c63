"""What is said to Excel past xlwings: the same protection as drawn, and words that macOS knows."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from bsc_xl.excel import native
from bsc_xl.excel.template import style

FREE = {
    "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows",
    "AllowSorting": "sort",
    "AllowFiltering": "autoFilter",
}
"""Excel's word for what stays free, and the file's for what does not."""


def asked(monkeypatch: pytest.MonkeyPatch, *, mac: bool) -> dict[str, bool]:
    """With what a sheet is protected."""
    given: dict[str, bool] = {}
    monkeypatch.setattr(native, "MAC", mac)
    native.protect(SimpleNamespace(api=SimpleNamespace(Protect=given.update, protect_worksheet=given.update)))
    return given


def test_a_sheet_is_protected_again_as_it_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Workbook().worksheets[0]
    style.lock(drawn)
    guard = drawn.protection
    free = {name for name in vars(type(guard)) if re.match("(format|insert|delete)|sort|autoFilter", name)}
    expected = {word: not getattr(guard, name) for word, name in FREE.items()}
    expected |= {"Contents": guard.sheet, "DrawingObjects": guard.objects, "Scenarios": guard.scenarios}
    assert asked(monkeypatch, mac=False) == expected
    assert [name for name in free - set(FREE.values()) if not getattr(guard, name)] == []


def test_macos_is_asked_for_the_same_protection(monkeypatch: pytest.MonkeyPatch) -> None:
    windows, mac = asked(monkeypatch, mac=False), asked(monkeypatch, mac=True)
    spelled = {re.sub("(?<!^)(?=[A-Z])", "_", name).lower(): value for name, value in windows.items()}
    spelled["worksheet_contents"] = spelled.pop("contents")
    assert mac == spelled


def test_every_word_for_macos_is_in_the_dictionary_of_excel() -> None:
    """xlwings brings Excel's AppleScript dictionary along."""
    spec = find_spec("xlwings")
    assert spec is not None
    assert spec.origin is not None
    known = set(re.findall(r'"(\w+)"', (Path(spec.origin).parent / "mac_dict.py").read_text(encoding="utf-8")))
    tree = ast.parse(Path(native.__file__).read_text(encoding="utf-8"))
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and "_" in node.attr}
    words |= {word.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords if word.arg}
    spoken = {word for word in words if word.islower()}
    assert len(spoken) > 10
    assert spoken - known == set()


@pytest.mark.parametrize("answer", [False, None, ""])
def test_who_chooses_no_file_gets_none(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    app = SimpleNamespace(api=SimpleNamespace(GetOpenFilename=lambda **_: answer, get_open_filename=lambda: answer))
    for mac in (False, True):
        monkeypatch.setattr(native, "MAC", mac)
        assert native.choose_files(app, "Files of evidence", [".csv", ".xlsx"]) == []


def test_excel_is_asked_for_files_with_these_endings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}
    files = ("C:\\bukti\\januari.csv", "C:\\bukti\\februari.csv")

    def chosen(**words: object) -> tuple[str, ...]:
        asked.update(words)
        return files

    monkeypatch.setattr(native, "MAC", False)
    app = SimpleNamespace(api=SimpleNamespace(GetOpenFilename=chosen))
    assert native.choose_files(app, "Berkas bukti", [".csv", ".xlsx"]) == list(files)
    assert asked == {"FileFilter": "Berkas bukti,*.csv;*.xlsx", "Title": "Berkas bukti", "MultiSelect": True}


def test_a_path_of_macos_is_given_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "MAC", True)
    app = SimpleNamespace(api=SimpleNamespace(get_open_filename=lambda: "/Volumes/bukti/anggaran.csv"))
    assert native.choose_files(app, "", []) == ["/Volumes/bukti/anggaran.csv"]
