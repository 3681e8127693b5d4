"""Takes the place of elasticsearch-certutil: the same arguments, the same archives.

Run as a program; only what ``certificates.sh`` asks for is known.
"""

from __future__ import annotations

import argparse
import datetime
import ipaddress
import sys
import zipfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["ca", "cert"])
    for switch in ("--silent", "--pem"):
        parser.add_argument(switch, action="store_true", required=True)
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="ca")
    parser.add_argument("--dns", default="")
    parser.add_argument("--ip", default="")
    parser.add_argument("--ca-cert", type=Path)
    parser.add_argument("--ca-key", type=Path)
    given = parser.parse_args(arguments)
    key = ec.generate_private_key(ec.SECP256R1())
    if given.kind == "ca":
        certificate = _certificate(given, key, _name("Authority of a test"), key)
    else:
        authority = x509.load_pem_x509_certificate(given.ca_cert.read_bytes())
        signer = serialization.load_pem_private_key(given.ca_key.read_bytes(), None)
        assert isinstance(signer, Key)
        certificate = _certificate(given, key, authority.subject, signer)
    with zipfile.ZipFile(given.out, "w") as archive:
        archive.writestr(f"{given.name}/{given.name}.crt", certificate)
        archive.writestr(f"{given.name}/{given.name}.key", _pem(key))
    return 0


def _certificate(given: argparse.Namespace, key: Key, issuer: x509.Name, signer: Key) -> bytes:
    now = datetime.datetime.now(datetime.UTC)
    subject = issuer if given.kind == "ca" else _name(given.name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(days=given.days))
        .add_extension(x509.BasicConstraints(given.kind == "ca", None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    names: list[x509.GeneralName] = [x509.DNSName(one) for one in given.dns.split(",") if one]
    names += [x509.IPAddress(ipaddress.ip_address(one)) for one in given.ip.split(",") if one]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
