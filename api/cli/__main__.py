"""`python -m api.cli`: the same as `metrostack`."""

from __future__ import annotations

from api.cli.main import main

main()
