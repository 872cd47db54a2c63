"""Labels in a language that nobody writes, so that a word which does not come from them gives itself away.

Run as a program: ``python pseudo.py FOLDER`` writes into the folder a workbook of a unit, one of an employee, an empty
one and a consolidated one, and what the commands say; all in a process of its own, since what was drawn is kept.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

import pandas as pd

from bsc_xl import dataset, labels, sample
from bsc_xl.tables.columns import COLUMNS, Kind

LANGUAGE = "en"
"""In whose place the made-up language stands."""

LABEL = str.maketrans({chr(ord("a") + i): chr(0x430 + i) for i in range(26)})
DATA = str.maketrans({chr(ord("a") + i): chr(0x10D0 + i) for i in range(26)})
"""Latin letters to Cyrillic ones for labels, and to Georgian ones for what people type: one letter each, so that no
text gets longer."""

_KEPT = re.compile(r"\{[^{}]*\}|&[PN]|dd/mm/yyyy|hh:mm|General")
"""Placeholders, and codes of footers and number formats, which are no words."""


def of_label(text: str) -> str:
    """A label in the made-up language."""
    kept = [*_KEPT.finditer(text), None]
    pieces, at = [], 0
    for found in kept:
        pieces.append(text[at : found.start() if found else len(text)].lower().translate(LABEL))
        if found:
            pieces.append(found[0])
            at = found.end()
    return "".join(pieces)


def of_data(text: object) -> object:
    """What somebody typed, in letters that no label has."""
    return text.lower().translate(DATA) if isinstance(text, str) else text


def speak() -> None:
    """Puts the made-up language in the place of `LANGUAGE`, for the rest of this process."""
    known = labels.load(LANGUAGE)
    known._texts = {key: of_label(text) for key, text in known._texts.items()}


TYPED = (Kind.CODE, Kind.NAME, Kind.TEXT)
"""Kinds of columns that hold what people call things."""


def data_set(folder: Path) -> Path:
    """The generated data set, with links and employees, and its names in letters that no label has."""
    raw = sample.generate(units=10, kpis=9, seed=11)
    for table in raw.keys() - {"settings"}:
        typed = [c.name for c in COLUMNS[table] if c.kind in TYPED and c.name in raw[table].columns]
        raw[table] = raw[table].assign(**{name: raw[table][name].map(of_data) for name in typed})
    raw["settings"] = pd.DataFrame(
        [[key, LANGUAGE if key == "language" else value] for key, value in raw["settings"].itertuples(index=False)],
        columns=["key", "value"],
    )
    dataset.write(raw, folder)
    return folder


def main(folder: Path) -> None:
    """Writes everything that a person reads into the folder."""
    speak()
    from bsc_xl.cli.app import run

    source, books, empty = data_set(folder / "data"), folder / "books", folder / "empty.xlsm"
    said: list[str] = []

    def call(*arguments: object) -> None:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(list(map(str, arguments)))
        said.append(f"$ {code} {' '.join(map(str, arguments))}\n{out.getvalue()}{err.getvalue()}")

    from bsc_xl.cli.commands import COMMANDS

    call("--help")
    for name in COMMANDS:
        call(name, "--help")
    call("template", "--out", empty, "--language", LANGUAGE)
    call("generate", source, "--out", books, "--format", "xlsm")
    made = sorted(books.glob("*.xlsm"))
    call("score", source)
    call("recalc", made[0])
    call("check", source, *made[:2])
    call("collect", *made, "--out", folder / "collected", "--dataset", source)
    call("generate", source, "--out", books, "--dry-run", "--units", "zzz")
    call("no-such-command")
    call("score", folder / "nothing")
    call("score")
    call("recalc", source / "units.csv")
    call("template", "--out", empty, "--periods", "5")
    (folder / "said.txt").write_text("\n".join(said), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
