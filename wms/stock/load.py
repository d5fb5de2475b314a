"""What a file says is to be stored, checked as a whole: every bad row is named, none is taken half.

A `Load` is filled row by row. All but the bar code repeats for each meter of a box, so what is said of a box
is checked once and looked up afterwards. Pure: no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wms.reasons import Value
from wms.stock import barcodes

PALLET_DECK_MM = 150
MAX_LENGTH = 64
MAX_PALLET_CODE = 22  # what a telegram has room for


@dataclass(frozen=True, slots=True)
class Model:
    """A type of asset, and how it is packed."""

    code: str
    asset_class: str
    per_box: int
    boxes_per_pile: int
    piles_per_pallet: int
    box_height_mm: int
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line of a file cannot be taken; line 0 is the file as a whole."""

    line: int
    column: str
    value: str
    code: str
    params: Mapping[str, Value] = field(default_factory=dict[str, Value])
    box: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file says of a box. `state`, `verified_on` and `slot` are only said of stock."""

    pallet: str
    pile: str
    box: str
    lot: str
    model: str
    state: str = ""
    verified_on: str = ""
    slot: str = ""


@dataclass(slots=True)
class BoxDraft:
    """A box to be: what is said of it, the line that said it, and how many meters it holds."""

    claim: Claim
    line: int
    meters: int = 0


@dataclass(slots=True)
class Load:
    """Everything that a file says, as far as it was read."""

    models: Mapping[str, Model]
    types: Mapping[str, str]  # asset type -> class
    boxes: dict[str, BoxDraft] = field(default_factory=dict[str, BoxDraft])
    pallets: dict[str, Claim] = field(default_factory=dict[str, Claim])
    piles: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])  # pallet -> pile -> number
    meters: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])  # code, box, made on
    line_of: dict[str, int] = field(default_factory=dict[str, int])
    problems: list[Problem] = field(default_factory=list[Problem])
    _pile_pallet: dict[str, str] = field(default_factory=dict[str, str])
    _slot_pallet: dict[str, str] = field(default_factory=dict[str, str])

    def claim(self, claim: Claim, line: int) -> BoxDraft:
        """Take what a row says of its box, and return the box; contradictions become problems."""
        found = self.boxes.get(claim.box)
        if found is None:
            self._new_box(claim, line)
            return self.boxes.setdefault(claim.box, BoxDraft(claim, line))
        for name, code in _MUST_AGREE.items():
            said, says = getattr(found.claim, name), getattr(claim, name)
            if said != says:
                self.problem(line, name, says, code, box=claim.box, params={"box": claim.box, "before": said})
        return found

    def add(self, code: str, draft: BoxDraft, line: int, made_on: str = "") -> None:
        """Take one asset of a box."""
        wrong = barcodes.fault(code)
        model = self.models.get(draft.claim.model)
        if wrong is None and model and self.types.get(code[5:7]) != model.asset_class:
            wrong = "wrong_asset_type"
        if wrong is not None:
            self.problem(line, "bar_code", code, wrong, box=draft.claim.box)
            return
        if self.line_of.setdefault(code, line) != line:
            first = self.line_of[code]
            self.problem(line, "bar_code", code, "twice_in_file", box=draft.claim.box, params={"line": first})
            return
        draft.meters += 1
        if model and draft.meters > model.per_box:
            box = draft.claim.box
            self.problem(line, "box", box, "box_overfull", box=box, params={"max": model.per_box})
            return
        self.meters.append((code, draft.claim.box, made_on))

    def finish(self) -> None:
        """Check what only the whole can tell: no pile and no pallet holds more than its model allows."""
        for (pallet, pile), boxes in _grouped(self.boxes.values()).items():
            model = self.models.get(boxes[0].claim.model)
            if model is None:
                continue
            for box in boxes[model.boxes_per_pile :]:
                params = {"pile": pile, "max": model.boxes_per_pile}
                self.problem(box.line, "pile", pile, "pile_overfull", box=box.claim.box, params=params)
            number = self.piles[pallet][pile]
            if number > model.piles_per_pallet:
                params = {"pallet": pallet, "max": model.piles_per_pallet}
                for box in boxes:
                    self.problem(box.line, "pallet", pallet, "pallet_overfull", box=box.claim.box, params=params)
        self.problems.sort(key=lambda p: (p.line, p.column))

    def problem(
        self, line: int, column: str, value: str, code: str, *, box: str = "", params: Mapping[str, Value] | None = None
    ) -> None:
        """Note that a row cannot be taken."""
        self.problems.append(Problem(line, column, value[:MAX_LENGTH], code, params or {}, box))

    def good_boxes(self) -> list[BoxDraft]:
        """Return the boxes about which nothing is wrong."""
        bad = self.bad_boxes()
        return [draft for code, draft in self.boxes.items() if code not in bad]

    def bad_boxes(self) -> set[str]:
        """Return the codes of the boxes that some problem is about."""
        return {problem.box for problem in self.problems if problem.box}

    def heights_mm(self) -> dict[str, int]:
        """Return how high each pallet is with its tallest pile."""
        heights = dict.fromkeys(self.pallets, PALLET_DECK_MM)
        for (pallet, _), boxes in _grouped(self.boxes.values()).items():
            model = self.models.get(boxes[0].claim.model)
            pile_mm = len(boxes) * model.box_height_mm if model else 0
            heights[pallet] = max(heights[pallet], PALLET_DECK_MM + pile_mm)
        return heights

    def _new_box(self, claim: Claim, line: int) -> None:
        for name, value, code in self._faults_of(claim):
            self.problem(line, name, value, code, box=claim.box)
        on_pallet = self.pallets.setdefault(claim.pallet, claim)
        for name, code in _PALLET_AGREES.items():
            said, says = getattr(on_pallet, name), getattr(claim, name)
            if said != says:
                self.problem(line, name, says, code, box=claim.box, params={"pallet": claim.pallet, "before": said})
        for name, index, key, value in (
            ("pile", self._pile_pallet, claim.pile, claim.pallet),
            ("slot", self._slot_pallet, claim.slot, claim.pallet),
        ):
            if key and index.setdefault(key, value) != value:
                code = f"{name}_of_two_pallets"
                self.problem(line, name, key, code, box=claim.box, params={"before": index[key]})
        piles = self.piles.setdefault(claim.pallet, {})
        piles.setdefault(claim.pile, len(piles) + 1)

    def _faults_of(self, claim: Claim) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        for name in ("pallet", "pile", "lot"):
            value: str = getattr(claim, name)
            limit = MAX_PALLET_CODE if name == "pallet" else MAX_LENGTH
            if not value or len(value) > limit or not value.isprintable() or value != value.strip():
                found.append((name, value, "not_a_name"))
        wrong = barcodes.fault(claim.box)
        if wrong is None and self.types.get(barcodes.asset_type(claim.box)) != "box":
            wrong = "wrong_asset_type"
        if wrong is not None:
            found.append(("box", claim.box, wrong))
        if claim.model not in self.models:
            found.append(("model", claim.model, "unknown_model"))
        return found


_MUST_AGREE = {
    "pallet": "box_on_two_pallets", "pile": "box_on_two_piles", "lot": "box_mixes_lots", "model": "box_mixes_models",
    "state": "box_mixes_states", "verified_on": "box_mixes_verifications", "slot": "pallet_in_two_slots",
}  # fmt: skip
_PALLET_AGREES = {
    "lot": "pallet_mixes_lots", "model": "pallet_mixes_models", "state": "pallet_mixes_states",
    "slot": "pallet_in_two_slots",
}  # fmt: skip


def _grouped(drafts: Iterable[BoxDraft]) -> dict[tuple[str, str], list[BoxDraft]]:
    piles: dict[tuple[str, str], list[BoxDraft]] = {}
    for draft in drafts:
        piles.setdefault((draft.claim.pallet, draft.claim.pile), []).append(draft)
    return piles
