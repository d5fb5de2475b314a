"""What others ask of the library, by one name each; the modules beside this one hold how it is done."""

from __future__ import annotations

from wms.schemes.contributions import contribute, drop, merge
from wms.schemes.drafts import Ref, create, discard, edit, open_to, revise
from wms.schemes.duties import grant, held_duties, person_of, revoke, work_of
from wms.schemes.exchange import export_yaml, import_yaml
from wms.schemes.projects import found_project, set_members
from wms.schemes.reviews import approve, reject, report_state, submit, submit_report, withdraw
from wms.schemes.seeding import seed
from wms.schemes.sheets import choose, compile_sheet, sheet, sheet_for

__all__ = [
    "Ref", "approve", "choose", "compile_sheet", "contribute", "create", "discard", "drop", "edit", "export_yaml",
    "found_project", "grant", "held_duties", "import_yaml", "merge", "open_to", "person_of", "reject", "report_state",
    "revise", "revoke", "seed", "set_members", "sheet", "sheet_for", "submit", "submit_report", "withdraw", "work_of",
]  # fmt: skip
