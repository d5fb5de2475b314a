"""What an OPC UA connection needs beside its address; secrets come from the environment, the plant file names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509

from plc.plant.plcs import OpcuaPlc


class SettingMissing(Exception):
    """An environment variable that the plant file names is not set."""


@dataclass(frozen=True, slots=True)
class ClientSecurity:
    """The controller's side; `certificate` empty means no security."""

    certificate: str = ""
    private_key: str = ""
    server_certificate: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ServerSecurity:
    """The PLC's side; with `users` empty anybody may connect anonymously."""

    certificate: str = ""
    private_key: str = ""
    trusted: str = ""  # the one client certificate that is let in
    users: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def client_security(spec: OpcuaPlc, environ: Mapping[str, str]) -> ClientSecurity:
    """Return what the link of `spec` needs; raises SettingMissing."""
    user, password = _optional(spec.user_env, environ), _optional(spec.password_env, environ)
    if spec.security == "none":
        return ClientSecurity(user=user, password=password)
    return ClientSecurity(
        _needed(spec, "certificate_env", spec.certificate_env, environ),
        _needed(spec, "private_key_env", spec.private_key_env, environ),
        _optional(spec.server_certificate_env, environ),
        user,
        password,
    )


def server_security(spec: OpcuaPlc, environ: Mapping[str, str]) -> ServerSecurity:
    """Return what a soft PLC in the place of `spec` needs; its private key is named `<server certificate>_KEY`.

    Raises SettingMissing.
    """
    user = _optional(spec.user_env, environ)
    users = {user: _optional(spec.password_env, environ)} if user else {}
    if spec.security == "none":
        return ServerSecurity(users=users)
    name = spec.server_certificate_env
    return ServerSecurity(
        _needed(spec, "server_certificate_env", name, environ),
        _needed(spec, "server_certificate_env", f"{name}_KEY", environ),
        _needed(spec, "certificate_env", spec.certificate_env, environ),
        users,
    )


def load_certificate(path: str) -> x509.Certificate:
    """Return the certificate in a DER or PEM file."""
    raw = Path(path).read_bytes()
    return x509.load_pem_x509_certificate(raw) if raw.startswith(b"-----") else x509.load_der_x509_certificate(raw)


def application_uri(path: str) -> str:
    """Return the URI a certificate was issued for; both sides check it."""
    names = load_certificate(path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.UniformResourceIdentifier)[0]


def _optional(name: str | None, environ: Mapping[str, str]) -> str:
    if name is None:
        return ""
    if name not in environ:
        raise SettingMissing(f"set the environment variable {name}, which the plant file names")
    return environ[name]


def _needed(spec: OpcuaPlc, key: str, name: str | None, environ: Mapping[str, str]) -> str:
    if name is None:
        raise SettingMissing(f"PLC {spec.id}: security sign_encrypt needs {key} in the plant file")
    return _optional(name, environ)
