"""The settings file of the add-in, read as the add-in's own VBA reads it: names and values in pairs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl.errors import SetupError
from bsc_xl.excel import addin

words = st.text(st.characters(codec="utf-8", exclude_characters='",', exclude_categories=["C", "Z"]), min_size=1)
names = st.sampled_from(["INTERPRETER_WIN", "PYTHONPATH", "conda path", "Show Console"]) | words
lines = st.builds('"{}","{}"'.format, names, words) | st.sampled_from(["", "  "])
texts = st.lists(lines).flatmap(lambda all_lines: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(all_lines)))
wanted = st.dictionaries(names, words | st.just(""), max_size=3)


def as_vba_reads_it(text: str) -> dict[str, str]:
    """Every second field is a name, the next its value; the first of a name counts, whatever its case."""
    fields = [field for row in csv.reader(io.StringIO(text)) for field in (row or [""])]
    pairs: dict[str, str] = {}
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        pairs.setdefault(name.casefold(), value)
    return pairs


@given(texts, wanted)
def test_what_is_wanted_is_what_the_add_in_then_reads(text: str, values: dict[str, str]) -> None:
    values = {name.casefold(): value for name, value in values.items()}
    changed = as_vba_reads_it(addin.with_settings(text, values, "\r\n"))
    for name, value in values.items():
        assert changed.get(name, "") == value


@given(texts, wanted)
def test_all_other_settings_stay(text: str, values: dict[str, str]) -> None:
    touched = {name.casefold() for name in values}
    before = as_vba_reads_it("\n".join(line for line in text.splitlines() if line.strip()))
    after = as_vba_reads_it(addin.with_settings(text, values, "\n"))
    assert {n: v for n, v in after.items() if n not in touched} == {n: v for n, v in before.items() if n not in touched}


@given(texts, names)
def test_a_setting_is_read_as_the_add_in_reads_it(text: str, name: str) -> None:
    pairs = as_vba_reads_it("\n".join(line for line in text.splitlines() if line.strip()))
    assert addin.setting(text, name) == pairs.get(name.casefold(), "")


@given(texts, wanted)
def test_doing_it_again_changes_nothing(text: str, values: dict[str, str]) -> None:
    once = addin.with_settings(text, values, "\n")
    assert addin.with_settings(once, values, "\n") == once


def test_values_without_quotation_marks_are_read_too() -> None:
    assert addin.setting("SHOW CONSOLE, True\n", "show console") == "True"


def test_the_package_of_xlwings_holds_what_is_installed() -> None:
    assert addin.shipped("addin/xlwings.xlam").startswith(b"PK")
    assert b"VbaHandler" in addin.shipped(addin.script_name())


def test_a_file_that_this_xlwings_lacks_is_an_error_that_names_it() -> None:
    with pytest.raises(SetupError) as error:
        addin.shipped("xlwings-0.0.0.applescript")
    assert error.value.params == {"reason": "setup.incomplete_xlwings", "path": "xlwings-0.0.0.applescript"}
