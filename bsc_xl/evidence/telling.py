"""Evidence in words: where a figure comes from, why rows were set aside, what else there is to know."""

from __future__ import annotations

from collections import Counter

from bsc_xl.evidence.model import Evidence, Figure, Remark, SetAside
from bsc_xl.labels import Labels
from bsc_xl.tables import parse

CHECKSUM = 12
"""So much of a checksum tells one file of a bureau from another; all of it stands on the sheet `evidence`."""


def measure_name(kind: str, measure: str, labels: Labels) -> str:
    """What a figure of that kind is called."""
    return labels(f"evidence.measure.{kind}.{measure}")


def citation(found: Evidence, figure: Figure, labels: Labels) -> str:
    """The sentence that stands beside an actual: figure, numerator and denominator, files and beginnings of their
    checksums."""
    form = "index" if found.kind == "survey" else "share" if figure.is_percent else "number"
    return labels(
        f"evidence.cited_{form}",
        measure=measure_name(found.kind, figure.measure, labels),
        value=_number(figure.value, labels),
        numerator=_number(figure.numerator, labels),
        denominator=_number(figure.denominator, labels),
        sources=_sources(found, labels),
    )


def files(found: Evidence, labels: Labels) -> str:
    """What the file is called, or how many there are and what each is called; without the characters that no cell can
    hold."""
    names = [parse.without_forbidden(source.name) for source in found.sources]
    return names[0] if len(names) == 1 else labels("evidence.files", count=len(names), files=", ".join(names))


def _sources(found: Evidence, labels: Labels) -> str:
    cited = [
        {"file": parse.without_forbidden(source.name), "checksum": source.sha256[:CHECKSUM], "used": source.used}
        for source in found.sources
    ]
    if len(cited) == 1:
        return labels("evidence.cited_file", **cited[0])
    several = ", ".join(labels("evidence.cited_of_several", **each) for each in cited)
    return labels("evidence.files", count=len(cited), files=several)


def reason(each: SetAside, labels: Labels) -> str:
    """Why one row was set aside: its row, the column and what stands there, and the rule; before it the file, where
    there are several."""
    text = _reason(each, labels)
    return labels("evidence.aside_file", file=parse.without_forbidden(each.file), reason=text) if each.file else text


def _reason(each: SetAside, labels: Labels) -> str:
    rule = labels(f"evidence.rule.{each.rule}")
    if not each.column:
        return labels("evidence.aside_row", row=each.row, rule=rule)
    column = labels(f"evidence.column.{each.column}")
    if not each.value:
        return labels("evidence.aside_column", row=each.row, column=column, rule=rule)
    return labels("evidence.aside_value", row=each.row, column=column, value=each.value, rule=rule)


def reasons(found: Evidence, labels: Labels) -> str:
    """How many rows were set aside for each reason, the most frequent first, and how many are of other days; "" for
    none."""
    counts = Counter(each.rule for each in found.set_aside).most_common()
    parts = [labels("evidence.counted", count=count, rule=labels(f"evidence.rule.{rule}")) for rule, count in counts]
    if found.outside:
        parts.append(labels("evidence.outside", count=found.outside))
    return "; ".join(parts)


def remark(each: Remark, labels: Labels) -> str:
    """The sentence of a remark."""
    values = dict(each.values)
    if "column" in values:
        values["column"] = labels(f"evidence.column.{values['column']}")
    numbers = {name: _number(value, labels) for name, value in values.items() if isinstance(value, float)}
    return labels(f"evidence.remark.{each.rule}", **values | numbers)


def _number(value: float, labels: Labels) -> str:
    return labels.number(value, 0 if float(value).is_integer() else 2)
