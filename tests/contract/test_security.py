"""OPC UA with certificates and users: who is let in, and who is not."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from plc.clock import Clock
from plc.link import LinkDown, LinkUp
from plc.wires.make import make_link, make_port
from plc.wires.opcua_security import SettingMissing
from tests.contract.bench import BenchController, BenchPlc
from tests.contract.rigs import DEVICES, free_port, spec_of

NAMES = {
    "certificate_env": "WCS_CERT", "private_key_env": "WCS_KEY", "server_certificate_env": "PLC_CERT",
    "user_env": "PLC_USER", "password_env": "PLC_PASSWORD", "security": "sign_encrypt",
}  # fmt: skip


def certificate(folder: Path, name: str) -> tuple[str, str]:
    """Write a self-signed application certificate and its key; return their paths."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names = [
        x509.UniformResourceIdentifier(f"urn:metrostack:test:{name}"),
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=True, data_encipherment=True,
        key_agreement=False, key_cert_sign=True, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    extended = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=1))
    for extension in (x509.SubjectAlternativeName(names), usage, extended):
        builder = builder.add_extension(extension, critical=False)
    signed = builder.sign(key, hashes.SHA256())
    paths = folder / f"{name}.der", folder / f"{name}.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.DER))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return str(paths[0]), str(paths[1])


def test_only_the_trusted_certificate_with_the_right_password_is_let_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, server, stranger = (certificate(tmp_path, name) for name in ("wcs", "plc", "stranger"))
    good = dict(zip(("WCS_CERT", "WCS_KEY"), ours, strict=True)) | {"PLC_USER": "wcs", "PLC_PASSWORD": "right"}
    good |= dict(zip(("PLC_CERT", "PLC_CERT_KEY"), server, strict=True))
    spec = spec_of("opcua", free_port()).model_copy(update=NAMES)

    def environment(change: dict[str, str]) -> None:
        for name, value in (good | change).items():
            monkeypatch.setenv(name, value)

    async def outcome(clock: Clock, change: dict[str, str]) -> object:
        environment(change)
        controller = BenchController(lambda s: make_link(spec, DEVICES, session_id=s, clock=clock), {}, clock)
        controller.start()
        await controller.until(lambda: controller.notices)
        await controller.crash()
        return controller.notices[0]

    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop())
        environment({})
        plc = BenchPlc(lambda: make_port(spec, DEVICES, clock), tuple(d.id for d in DEVICES), clock)
        await plc.start()
        assert isinstance(await outcome(clock, {}), LinkUp)
        wrong = {
            "BadUserAccessDenied": {"PLC_PASSWORD": "wrong"},
            "BadCertificateUntrusted": dict(zip(("WCS_CERT", "WCS_KEY"), stranger, strict=True)),
        }
        for reason, change in wrong.items():
            down = await outcome(clock, change)
            assert isinstance(down, LinkDown)
            assert reason in down.detail, down.detail
        down = await outcome(clock, {"PLC_USER": "admin", "PLC_PASSWORD": "anything"})
        assert isinstance(down, LinkDown)
        await plc.stop()

    asyncio.run(story())


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop())
        spec = spec_of("opcua", 4840).model_copy(update={"security": "sign_encrypt", "certificate_env": "NO_SUCH_ENV"})
        with pytest.raises(SettingMissing, match="NO_SUCH_ENV"):
            make_link(spec, DEVICES, session_id=1, clock=clock)

    asyncio.run(story())
