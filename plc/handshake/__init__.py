"""The handshake of docs/devices/contract.md, once for each end, without any wire."""
