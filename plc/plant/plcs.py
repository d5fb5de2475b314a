"""PLCs of a plant file: where one is reached and how its blocks are addressed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from plc.plant.kinds import STRICT, TcpPort

EnvName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
DbNumber = Annotated[int, Field(ge=1, le=65_535)]


class OpcuaPlc(BaseModel):
    """A PLC behind an OPC UA server; secrets are named here and live in the environment."""

    model_config = STRICT
    id: str = ""
    kind: Literal["opcua"]
    host: str
    port: TcpPort = 4840
    namespace: str = "urn:metrostack:plc"
    security: Literal["none", "sign_encrypt"] = "none"
    certificate_env: EnvName | None = None
    """Environment variable with the path of the client's certificate; needed for `sign_encrypt`."""
    private_key_env: EnvName | None = None
    server_certificate_env: EnvName | None = None
    user_env: EnvName | None = None
    password_env: EnvName | None = None
    poll_ms: Annotated[int, Field(ge=10, le=10_000)] = 50
    profile: str = "metrostack-1"


class S7Plc(BaseModel):
    """A PLC behind the S7 protocol; every block array is one data block with standard access."""

    model_config = STRICT
    id: str = ""
    kind: Literal["s7"]
    host: str
    port: TcpPort = 102
    rack: Annotated[int, Field(ge=0, le=7)] = 0
    slot: Annotated[int, Field(ge=0, le=31)] = 1
    pdu_bytes: Annotated[int, Field(ge=240, le=960)] = 480
    cmd_db: DbNumber
    sta_db: DbNumber
    jrn_db: DbNumber
    res_db: DbNumber
    sys_db: DbNumber
    poll_ms: Annotated[int, Field(ge=10, le=10_000)] = 50
    profile: str = "metrostack-1"


PlcSpec = OpcuaPlc | S7Plc
