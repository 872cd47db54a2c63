"""A text gives the same cells whichever way it is read: the fast ways for regular files, row by row for all others."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_xl.errors import EvidenceError
from bsc_xl.evidence.textfile import TextFile, open_text

CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "NA", "nan", "007", "1.250", "07:31", "é", "=1+1", "#", "\ufeff", "\u2028", "\x1c", "x" * 40]
    ),
    st.text(st.characters(exclude_characters='\0\r\n;"', exclude_categories=["Cs"]), max_size=6),
)
QUOTED = st.one_of(CELLS, st.sampled_from(['"a"', '"a;b"', '"a\nb"', '"a""b"', '""', 'a"b', '"a', '"a"b']))
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def regular(width: int) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=80)


REGULAR = st.integers(1, 4).flatmap(regular)
RAGGED = st.lists(st.lists(CELLS, max_size=4), min_size=1, max_size=80)
WITH_QUOTES = st.lists(st.lists(QUOTED, max_size=4), min_size=1, max_size=20)


def cells(text: TextFile) -> list[list[str]]:
    grid = text.grid(";", range(10_000))
    return grid.astype(object).to_numpy().tolist()


def expected(text: TextFile) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(text.content.decode(), newline=""), delimiter=";", strict=True))
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


@given(st.one_of(REGULAR, RAGGED), ENDS, st.booleans())
def test_cells_are_what_stands_between_the_delimiters(rows, end, ended) -> None:
    content = end.join(";".join(row) for row in rows) + end * ended
    text = open_text(f"a;b{end}{content}".encode(), "a.csv")
    assert cells(text) == expected(text)


@given(WITH_QUOTES, ENDS)
def test_quotes_are_read_alike_wherever_they_are_read_at_all(rows, end) -> None:
    text = open_text(f"a;b{end}{end.join(';'.join(row) for row in rows)}".encode(), "a.csv")
    try:
        by_row = expected(text)
    except csv.Error:
        return
    assert cells(text) == by_row


def test_a_file_that_is_read_in_several_parts_is_one_table() -> None:
    rows = [
        [f"P{number // 200:05d}", f"{number % 28 + 1:02d}/01/2025", "late" * (number > 150_000)]
        for number in range(300_000)
    ]
    text = TextFile("a.csv", "\n".join(";".join(row) for row in rows).encode(), "utf-8", None)
    grid = text.grid(";", {0, 2})
    assert grid.astype(object).to_numpy().tolist() == [[row[0], row[2]] for row in rows]
    assert [len(grid[place].cat.categories) for place in (0, 2)] == [1500, 2]


def test_titles_of_one_cell_above_a_long_table_do_not_make_it_slow(monkeypatch) -> None:
    monkeypatch.setattr(TextFile, "_by_row", lambda *_: pytest.fail("the rows were read one by one"))
    text = open_text(b"REKAP PRESENSI\n\nid;tanggal\nP1;01/01/2025\nP2;02/01/2025\n", "a.csv")
    assert cells(text) == [
        ["REKAP PRESENSI", ""],
        ["", ""],
        ["id", "tanggal"],
        ["P1", "01/01/2025"],
        ["P2", "02/01/2025"],
    ]


def test_a_quote_without_an_end_is_refused_with_its_row() -> None:
    with pytest.raises(EvidenceError) as caught:
        open_text(b'a;b\n1;2\n"3;4\n', "a.csv").grid(";", range(2))
    assert caught.value.params["row"] == 3
