"""Whether an archive may stand beside the others: nothing named that is not there, nothing served twice. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain

from wms.archives.content import Content, MeterDriver, Port, TerminalDriver
from wms.schemes.findings import Finding


@dataclass(frozen=True, slots=True)
class Shelf:
    """What else there is: the active archives by kind and code, the models by asset class, schemes by asset class."""

    archives: Mapping[tuple[str, str], Content]
    models: Mapping[str, str] = field(default_factory=dict[str, str])
    schemes: Mapping[str, str] = field(default_factory=dict[str, str])


SERVED = {"meter": ("meter",), "terminal": ("terminal", "module")}
"""Asset classes that the drivers of a kind serve."""


def check(kind: str, code: str, content: Content, shelf: Shelf) -> list[Finding]:
    """Return everything that is wrong with an archive among the others."""
    others = {key: one for key, one in shelf.archives.items() if key != (kind, code)}
    if isinstance(content, MeterDriver | TerminalDriver):
        return [*_models(kind, content, shelf), *_twice(kind, content, others), *_scheme(content, shelf)]
    return _port(content, others) if isinstance(content, Port) else []


def in_use(kind: str, code: str, archives: Mapping[tuple[str, str], Content]) -> list[str]:
    """Return the codes of the ports that name a driver; it cannot be retired before them.

    >>> in_use("meter", "dlt645", {("port", "P1"): Port(address="COM1", driver="dlt645")})
    ['P1']
    """
    return sorted(
        name
        for (_, name), one in archives.items()
        if isinstance(one, Port) and (one.serves, one.driver) == (kind, code)
    )


def _models(kind: str, content: MeterDriver | TerminalDriver, shelf: Shelf) -> list[Finding]:
    found: list[Finding] = []
    for index, model in enumerate(content.models):
        if model not in shelf.models:
            found.append(Finding(f"models.{index}", "unknown_model", {"model": model}))
        elif shelf.models[model] not in SERVED[kind]:
            params = {"model": model, "is": shelf.models[model], "kind": kind}
            found.append(Finding(f"models.{index}", "model_of_other_kind", params))
    return found


def _twice(
    kind: str, content: MeterDriver | TerminalDriver, others: Mapping[tuple[str, str], Content]
) -> list[Finding]:
    said = chain.from_iterable(
        [(model, code) for model in one.models]
        for (_, code), one in others.items()
        if isinstance(one, MeterDriver | TerminalDriver)
    )
    served = dict(said)
    found = _repeated(content.models)
    return found + [
        Finding(f"models.{index}", "model_served_twice", {"model": model, "driver": served[model]})
        for index, model in enumerate(content.models)
        if model in served
    ]


def _repeated(models: Collection[str]) -> list[Finding]:
    seen: set[str] = set()
    found: list[Finding] = []
    for index, model in enumerate(models):
        if model in seen:
            found.append(Finding(f"models.{index}", "named_twice", {"value": model}))
        seen.add(model)
    return found


def _scheme(content: MeterDriver | TerminalDriver, shelf: Shelf) -> list[Finding]:
    if not isinstance(content, TerminalDriver) or not content.scheme:
        return []
    asset_class = shelf.schemes.get(content.scheme)
    if asset_class is None:
        return [Finding("scheme", "unknown_scheme", {"scheme": content.scheme})]
    if asset_class not in SERVED["terminal"]:
        return [Finding("scheme", "scheme_of_other_kind", {"scheme": content.scheme, "is": asset_class})]
    return []


def _port(content: Port, others: Mapping[tuple[str, str], Content]) -> list[Finding]:
    found: list[Finding] = []
    if content.driver and (content.serves, content.driver) not in others:
        found.append(Finding("driver", "unknown_driver", {"driver": content.driver, "kind": content.serves}))
    for (_, code), one in others.items():
        if isinstance(one, Port) and one.address == content.address:
            found.append(Finding("address", "address_taken", {"address": content.address, "port": code}))
    return found
