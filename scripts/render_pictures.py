"""The pictures of the README and of the guide, from the sample: python scripts/render_pictures.py, or only ``--guide``.

Needs LibreOffice and poppler. The pictures of the guide lie within the package and are part of every
workbook; after they have changed, python scripts/build_template.py and python tests/golden/refresh.py are due.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from _pictures import cut_out

from bsc_xl import sample
from bsc_xl.excel.file import open_book
from bsc_xl.excel.layout import FIRST_ROW
from bsc_xl.excel.port import Changes
from bsc_xl.excel.template import guide, pictures
from bsc_xl.labels import LANGUAGES
from bsc_xl.workflows import generation, reporting, scoring
from bsc_xl.workflows.recalculation import settle

ROOT = Path(__file__).resolve().parent.parent
NOTES = ROOT / "workbook" / "notes"
GUIDE = Path(pictures.__file__).parent
DOTS_PER_INCH = 110
PICTURES = {"dashboard": (1, (50, 30, 1190, 815)), "perspective": (4, (40, 30, 1205, 330))}
"""Name -> page of the printed workbook, and the part of it that is shown: left, top, width, height in dots."""

FINE = 2
"""So many dots of a picture of the guide to a pixel of the sheet."""
MOST_BYTES = 25_000
PARTS = {
    "settings": (0.6, 0.045),
    "internal_process": (0.62, 0.068),
    "dashboard": (0.86, 0.0),
    "action_plan": (0.6, 0.0),
    "checks": (0.66, 0.0),
}
"""Sheet -> how wide a part of what is printed its picture shows, from the left, and how far below the top it begins,
both as shares of the width."""
WHEN = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - a workbook's clock has no time zone


def main(arguments: list[str]) -> int:
    """Render the pictures of the guide, and without ``--guide`` those of the README with them in place."""
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            _guide(language, Path(folder, language))
        if "--guide" not in arguments:
            _readme(Path(folder, "readme"))
    return 0


def _sample(language: str, folder: Path) -> Path:
    """The workbook of the sample's bureau."""
    card, _ = scoring.score(sample.bureau(language))
    (outcome,) = generation.generate(card, generation.planned_workbooks(card, folder))
    assert outcome.error is None, outcome.error
    return Path(outcome.workbook.place)


def _readme(folder: Path) -> None:
    workbook = _sample("id", folder)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    print_ = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(print_, check=True, capture_output=True)
    for name, (page, (left, top, width, height)) in PICTURES.items():
        part = ["-x", str(left), "-y", str(top), "-W", str(width), "-H", str(height)]
        pages = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(DOTS_PER_INCH), "-png"]
        pdf = workbook.with_suffix(".pdf")
        subprocess.run(["pdftoppm", *pages, *part, str(pdf), str(NOTES / name)], check=True)
        print(NOTES / f"{name}.png")


def _guide(language: str, folder: Path) -> None:
    """The five pictures of the guide in that language: a workbook with a finding, so that there is one to be seen."""
    workbook = _sample(language, folder)
    book = open_book(workbook)
    wrong = book.layout().cell("customer", FIRST_ROW, "actual", 1)
    book.apply(Changes(values={wrong: "90 %"}))
    settle(book, WHEN)
    found = folder / "found.xlsx"
    found.write_bytes(book.package.write())
    for name in guide.SHOWN:
        source = found if name == "checks" else workbook
        (told,) = reporting.report([source], folder / name, sheets=[name])
        assert told.saved is not None, told.error
        target = GUIDE / language / f"{name}.png"
        content = cut_out(told.saved.path, *PARTS[name], (FINE * pictures.WIDTH, FINE * pictures.HEIGHT))
        assert len(content) <= MOST_BYTES, (target, len(content))
        target.write_bytes(content)
        print(target, len(content))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
