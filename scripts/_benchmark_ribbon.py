"""What a press of a button costs in imports: our own modules against pandas and xlwings, which no press can do without.

Excel starts a new Python for every press. `import` is what ``import bsc_xl.ribbon`` takes, `press` also what
Recalculate brings along before it reads the first cell. Each is the self time of our modules alone, as
``-X importtime`` has it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import Any

FLOOR = "import pandas, xlwings"
OURS = {
    "import": "import bsc_xl.ribbon",
    "press": "import bsc_xl.ribbon, bsc_xl.excel.live, bsc_xl.workflows.recalculation",
}
OWN = "bsc_xl"


def measure(repeats: int) -> dict[str, Any]:
    """Median seconds over the repeats, and the ratios to the floor."""
    floors: list[float] = []
    own: dict[str, list[float]] = {name: [] for name in OURS}
    for _ in range(repeats):
        floors.append(sum(_self_times(FLOOR).values()))
        for name, statement in OURS.items():
            # what the floor imports is there already, so that a module of ours is never charged for it
            times = _self_times(f"{FLOOR}; {statement}")
            own[name].append(sum(seconds for module, seconds in times.items() if module.partition(".")[0] == OWN))
    floor = statistics.median(floors)
    seconds = {name: statistics.median(times) for name, times in own.items()}
    return {
        "benchmark": "ribbon",
        "repeats": repeats,
        "seconds": {**seconds, "floor": floor},
        "ratio": {name: each / floor for name, each in seconds.items()},
    }


def _self_times(statement: str) -> dict[str, float]:
    """Module -> seconds that importing it took, without what it imported in turn."""
    command = [sys.executable, "-X", "importtime", "-c", statement]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    columns = (line.removeprefix("import time:").split("|") for line in lines if line.startswith("import time:"))
    return {name.strip(): int(own) / 1e6 for own, _, name in columns if own.strip().isdigit()}
