"""Well-formed XML as bytes: where its tags stand and what attributes they have, so that bytes between them stay.

Comments, sections of raw text and processing instructions are blanked out in a `shadow` of the same length; in it,
whatever begins like a tag is one.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NO_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_ATTRIBUTES = rb"""[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*"""
_ATTRIBUTE = re.compile(rb"""\s([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')""")
_DECLARATION = re.compile(rb"""^<\?xml[^>]*?encoding=["']([A-Za-z0-9._-]+)["']""")

any_tag = re.compile(rb"<([\w:.-]+)(?=[\s/>])(" + _ATTRIBUTES + rb")>")
"""Matches any start tag: group 1 is its name with prefix, group 2 the rest."""


def utf8(part: bytes) -> bytes:
    """The XML in the encoding that the other functions read; the same bytes unless a program wrote another one."""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = part.decode("utf-16")
    elif (found := _DECLARATION.match(part)) and found[1].lower() not in (b"utf-8", b"us-ascii"):
        text = part.decode(found[1].decode())
    else:
        return part
    return re.sub(r"""(<\?xml[^>]*?encoding=)["'][^"']*["']""", r'\1"UTF-8"', text, count=1).encode("utf-8")


def shadow(part: bytes) -> bytes:
    """The same length of XML with nothing that looks like a tag and is none."""
    if part.find(b"<!") < 0 and part.find(b"<?", 1) < 0:
        return part
    return _NO_TAGS.sub(lambda found: b" " * len(found[0]), part)


@lru_cache(maxsize=256)
def tag(name: bytes, prefix: bytes | None = None) -> re.Pattern[bytes]:
    """Matches a start tag of that name. The group `rest` is what stands between name and ">"; where `prefix` is None,
    any one will do, and the group `prefix` is the one that was found."""
    # a prefix that is known is no group, so that the search begins with fixed bytes, which is many times faster
    known = rb"(?P<prefix>(?:[\w.-]+:)?)" if prefix is None else re.escape(prefix)
    return re.compile(rb"<" + known + name + rb"(?=[\s/>])(?P<rest>" + _ATTRIBUTES + rb")>")


@lru_cache(maxsize=256)
def end(name: bytes, prefix: bytes) -> re.Pattern[bytes]:
    """Matches an end tag of that name."""
    return re.compile(rb"</" + re.escape(prefix + name) + rb"\s*>")


@lru_cache(maxsize=16)
def cell(prefix: bytes) -> re.Pattern[bytes]:
    """Matches a cell of a sheet. The group `rest` is as in `tag`; `formula` is its formula element, which comes first,
    `inside` all else that it holds; both are None where there is nothing of the kind."""
    name, formula = re.escape(prefix) + b"c", re.escape(prefix) + b"f"
    calculated = rb"<" + formula + rb"(?=[\s/>])" + _ATTRIBUTES + rb"(?:(?<=/)>|>[^<]*</" + formula + rb"\s*>)"
    inside = rb"[^<]*(?:<(?!/" + name + rb"[\s>])[^<]*)*"
    content = rb"(?:\s*(?P<formula>" + calculated + rb"))?(?P<inside>" + inside + rb")</" + name + rb"\s*>"
    return re.compile(rb"<" + name + rb"(?=[\s/>])(?P<rest>" + _ATTRIBUTES + rb")(?:(?<=/)>|>" + content + rb")")


def ends(name: bytes) -> re.Pattern[bytes]:
    """Matches where an element of that name ends, with any prefix: an end tag, or a tag without content."""
    named = rb"(?:[\w.-]+:)?" + name
    return re.compile(rb"</" + named + rb"\s*>|<" + named + rb"(?=[\s/])" + _ATTRIBUTES + rb"(?<=/)>")


def attribute(attributes: bytes, name: bytes) -> bytes | None:
    """The value of an attribute as it is written, None where there is none."""
    return next((value[1:-1] for key, value in _ATTRIBUTE.findall(attributes) if key == name), None)


def with_attribute(attributes: bytes, name: bytes, value: bytes) -> bytes:
    """The attributes with that one changed, or added at the end."""
    for found in _ATTRIBUTE.finditer(attributes):
        if found[1] == name:
            return attributes[: found.start(2)] + b'"' + value + b'"' + attributes[found.end(2) :]
    return attributes.rstrip() + b" " + name + b'="' + value + b'"'


def without_attributes(attributes: bytes, names: frozenset[bytes]) -> bytes:
    """The attributes without some."""
    return _ATTRIBUTE.sub(lambda found: b"" if found[1] in names else found[0], attributes)
