"""Pages set by typst, offline: templates and a Chinese font are in the package.

The font holds every character of GB 2312 and of our texts; for a rarer one (in a name) typst takes a font of the
system that has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import as_file, files
from typing import Any

import typst

FONT = "Noto Sans SC"


def print_pdf(template: str, content: Mapping[str, Any], *, dated: datetime) -> bytes:
    """Return a template filled with `content` as PDF; `content` is data and is never read as markup.

    The same content and date give the same bytes.
    """
    package = files("api.papers")
    with as_file(package.joinpath("templates")) as templates, as_file(package.joinpath("fonts")) as fonts:
        pdf = typst.compile(
            templates / template,
            root=templates,
            font_paths=[fonts],
            sys_inputs={"content": json.dumps({"font": FONT, **content}, ensure_ascii=False)},
            timestamp=int(dated.timestamp()),
        )
    assert isinstance(pdf, bytes)
    return pdf
