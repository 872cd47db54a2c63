"""The pictures of the README, from the sample: python scripts/render_pictures.py (needs LibreOffice and poppler)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bsc_xl import sample
from bsc_xl.workflows import generation, scoring

NOTES = Path(__file__).resolve().parent.parent / "workbook" / "notes"
DOTS_PER_INCH = 110
PICTURES = {"dashboard": (1, (50, 30, 1190, 815)), "perspective": (4, (40, 30, 1205, 330))}
"""Name -> page of the printed workbook, and the part of it that is shown: left, top, width, height in dots."""


def main() -> int:
    """Generate the Indonesian sample, print it, and cut out the two pictures."""
    card, _ = scoring.score(sample.bureau("id"))
    with tempfile.TemporaryDirectory() as folder:
        (outcome,) = generation.generate(card, generation.planned_workbooks(card, Path(folder)))
        assert outcome.error is None, outcome.error
        workbook = Path(outcome.workbook.place)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        print_ = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(workbook)]
        subprocess.run(print_, check=True, capture_output=True)
        for name, (page, (left, top, width, height)) in PICTURES.items():
            part = ["-x", str(left), "-y", str(top), "-W", str(width), "-H", str(height)]
            pages = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(DOTS_PER_INCH), "-png"]
            pdf = workbook.with_suffix(".pdf")
            subprocess.run(["pdftoppm", *pages, *part, str(pdf), str(NOTES / name)], check=True)
            print(NOTES / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
