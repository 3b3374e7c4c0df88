"""A certificate for loopback, made anew for each test that speaks TLS."""

import datetime
import ipaddress
from pathlib import Path

import pytest


def certificate_for_loopback(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    x509 = pytest.importorskip("cryptography.x509")
    hashes, serialization, ec = (
        pytest.importorskip(f"cryptography.hazmat.primitives.{name}") for name in ("hashes", "serialization", "asymmetric.ec")
    )
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "scripted")])
    today = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(1)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, today - day, today + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "scripted.pem"
    file.write_bytes(secret + signed.public_bytes(pem))
    return file
