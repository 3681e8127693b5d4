"""``certificates.sh`` runs for real; elasticsearch-certutil is played."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from tests.deploy.elk.conftest import Certificates
from tests.deploy.elk.test_setup import sentence


def test_a_certificate_is_made_for_those_who_call(certificates: Certificates) -> None:
    certificate = x509.load_pem_x509_certificate(certificates.pair[0].read_bytes())
    authority = x509.load_pem_x509_certificate(certificates.authority.read_bytes())
    certificate.verify_directly_issued_by(authority)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["elasticsearch", "localhost"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_the_key_is_for_its_owner_and_the_authoritys_is_kept_by_nobody(
    certificates: Certificates,
) -> None:
    assert certificates.pair[1].stat().st_mode & 0o007 == 0
    files = {one.name for one in certificates.folder.rglob("*") if one.is_file()}
    assert files == {"certutil", "ca.crt", "elasticsearch.crt", "elasticsearch.key"}
    assert {one.name for one in certificates.authority.parent.iterdir()} == {"ca.crt"}


def test_run_again_it_keeps_what_is_there(certificates: Certificates) -> None:
    before = certificates.pair[0].read_bytes()
    said = certificates.make()
    assert said.returncode == 0
    assert "there already" in said.stdout
    assert certificates.pair[0].read_bytes() == before


def test_what_was_lost_is_made_anew(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    assert made.make().returncode == 0
    before = made.pair[0].read_bytes()
    made.authority.unlink()
    assert made.make().returncode == 0
    assert made.pair[0].read_bytes() != before
    assert made.authority.read_bytes() == (tmp_path / "certificates/ca.crt").read_bytes()


def test_failures_are_told(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    assert "could not make an authority" in sentence(made.make(CERTUTIL="false"))
    missing = str(tmp_path / "nowhere")
    said = made.make(CERTIFICATES=missing)
    assert "elk-certificates cannot be written" in said.stderr.splitlines()[-1]
    assert not made.authority.exists()
