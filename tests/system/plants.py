"""A small plant with a PLC of each kind, and what is to be done in it: 300 meters in, verified, 180 of them out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.contract.rigs import free_port
from tests.plants import small_plant_data
from tests.system.cells import cells_data
from tests.unit.wms.deliveries import delivery

METERS, PALLETS, BOXES = 300, 10, 2  # many short trips
WANTED = {"East": 120, "West": 60}
ON_S7 = frozenset({"L3-L4", "L4-L1", "L4-LI", "LO-L1", "L3-PS", "PS-L4", "PT-L4", "L2-AI", "SC1", "VL1"})


@dataclass(frozen=True, slots=True)
class Files:
    """A plant and a study, each in its file, and where plant, database and world live."""

    plant: Path
    study: Path
    demand: Path
    folder: Path


def write_line_files(folder: Path) -> Files:
    """Write a plant with a line led cell by cell, and a delivery of 120 meters that nobody asks for afterwards."""
    files = Files(folder / "plant.yaml", folder / "study.yaml", folder / "distribution.yaml", folder / "site")
    (folder / "delivery.csv").write_bytes(delivery(pallets=2, boxes=4))
    for path, data in ((files.plant, line_plant()), (files.study, study()), (files.demand, [])):
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return files


def write_files(folder: Path) -> Files:
    """Write the plant, its study, one delivery and what two districts ask for."""
    files = Files(folder / "plant.yaml", folder / "study.yaml", folder / "distribution.yaml", folder / "site")
    (folder / "delivery.csv").write_bytes(delivery(pallets=PALLETS, boxes=BOXES))
    wanted = [
        {"district": district, "lines": [{"model": "DDZY2026", "quantity": quantity}]}
        for district, quantity in WANTED.items()
    ]
    for path, data in ((files.plant, plant()), (files.study, study()), (files.demand, wanted)):
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return files


def plant() -> dict[str, Any]:
    """Return the small plant, its devices shared out between an OPC UA and an S7 PLC on free ports."""
    data = small_plant_data()
    dbs = {"cmd_db": 100, "sta_db": 101, "jrn_db": 102, "res_db": 103, "sys_db": 104}
    at_home = {"host": "127.0.0.1", "poll_ms": 20}
    data["plcs"] = {
        "PLC1": {"kind": "opcua", "port": free_port()} | at_home,
        "PLC2": {"kind": "s7", "port": free_port(), "pdu_bytes": 480} | at_home | dbs,
    }
    for section in ("segments", "cranes", "stations", "lines", "docks"):
        for name, device in data[section].items():
            device["plc"] = "PLC2" if name in ON_S7 else "PLC1"
    for number, scanner in enumerate(data["scanners"].values()):
        scanner["port"] = f"socket://127.0.0.1:{24001 + number}"  # the twin's own lines stand in for them
    data["aisles"]["A1"]["columns"] = 6
    data["lines"]["VL1"] |= {"batch_s": 60, "unload_s": 2, "pack_s": 2}
    return data


def line_plant() -> dict[str, Any]:
    """Return the small plant with a line of cells, its PLCs, scanners and benches on free ports."""
    data = cells_data()
    data["plcs"] = plant()["plcs"]
    for number, scanner in enumerate(data["scanners"].values()):
        scanner["port"] = f"socket://127.0.0.1:{24001 + number}"
    for name in ("BN1", "BN2"):
        bench = {"equipment": f"tcp://127.0.0.1:{free_port()}", "channel": f"ptys/{name}-{{position:03}}", "baud": 9600}
        data["lines"]["VL1"]["cells"][name] |= bench | {"plc": "PLC2"}
    for name in ("UL1", "SO1", "PC1"):
        data["lines"]["VL1"]["cells"][name]["plc"] = "PLC2"
    return data


def study() -> dict[str, Any]:
    """Return a study that brings the delivery, and meters of which a few fail; no other fault but the kills."""
    return {
        "name": "kill",
        "seed": 7,
        "deliveries": [{"file": "delivery.csv", "at_s": 20, "gap_s": 60}],
        "meters": {"reject_rate": 0.03},
        "clerk": {"mend_s": 20},
    }
