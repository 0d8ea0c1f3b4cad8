"""Signatures prove the head of the chain, and whatever is changed afterwards is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.commands import audit, sign
from tests.jobs import copied
from warehouse import signing, snapshots
from warehouse.errors import WarehouseError
from warehouse.signing import KeyFault

WHEN = "2024-03-01T06:00:00+00:00"


@pytest.fixture
def signed(sampled: Path, tmp_path: Path) -> tuple[Path, str]:
    """A warehouse whose last snapshot is signed, and the public key."""
    root = copied(sampled, tmp_path / "w")
    public = signing.new_key(tmp_path / "key.pem")
    made = signing.sign(root, tmp_path / "key.pem", WHEN)
    assert made.public_key == public
    return root, public


def test_a_signature_holds_for_the_last_snapshot(signed: tuple[Path, str], tmp_path: Path) -> None:
    root, public = signed
    last = snapshots.latest(root)
    assert last is not None
    good, wrong = signing.check(root, public)
    assert [(each.number, each.snapshot_sha256) for each in good] == [(last.number, last.sha256)]
    assert wrong == []
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("field", ["number", "snapshot_sha256", "signed_at", "public_key", "signature"])
def test_what_is_changed_in_a_signature_is_found(signed: tuple[Path, str], field: str) -> None:
    root, _ = signed
    (file,) = (root / "signatures").glob("*.json")
    values = json.loads(file.read_text())
    changed = values[field] + 1 if field == "number" else values[field].translate(str.maketrans("0123AabB", "1230bBAa"))
    file.write_text(json.dumps(values | {field: changed}))
    good, wrong = signing.check(root)
    assert (len(good), len(wrong)) == (0, 1)


def test_a_snapshot_that_was_changed_is_found(signed: tuple[Path, str]) -> None:
    root, _ = signed
    file = root / snapshots.key(snapshots.numbers(root)[-1])
    file.write_text(file.read_text().replace('"run_id": "2', '"run_id": "1'))
    assert [len(each) for each in signing.check(root)] == [0, 1]


def test_a_key_that_is_not_trusted_is_told(signed: tuple[Path, str], tmp_path: Path) -> None:
    root, _ = signed
    other = signing.new_key(tmp_path / "other.pem")
    good, wrong = signing.check(root, other)
    assert good == []
    assert "by another key" in wrong[0]
    assert wrong[1] == "No snapshot is signed by the key that was given."


def test_a_key_in_the_warehouse_is_refused_and_so_is_what_is_no_key(signed: tuple[Path, str], tmp_path: Path) -> None:
    root, _ = signed
    signing.new_key(root / "key.pem")
    with pytest.raises(KeyFault, match="lies in the warehouse"):
        signing.sign(root, root / "key.pem", WHEN)
    (tmp_path / "none.pem").write_text("no key")
    with pytest.raises(KeyFault, match="holds no key"):
        signing.sign(root, tmp_path / "none.pem", WHEN)
    with pytest.raises(KeyFault, match="cannot be read"):
        signing.sign(root, tmp_path / "missing.pem", WHEN)
    with pytest.raises(KeyFault, match="No key can be written"):
        signing.new_key(tmp_path / "key.pem")


def test_the_commands_sign_and_check(sampled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = copied(sampled, tmp_path / "w")
    with pytest.raises(WarehouseError, match="Say which key"):
        sign.command(warehouse=root)
    with pytest.raises(WarehouseError, match="would lie in the warehouse"):
        sign.command(new_key=root / "key.pem", warehouse=root)
    assert sign.command(new_key=tmp_path / "key.pem", warehouse=root, as_json=True) == 0
    public = json.loads(capsys.readouterr().out)["public_key"]
    assert audit.command(warehouse=root, sample="1%", signed_by=public) == 0
    assert "Signed up to snapshot 1." in capsys.readouterr().out
    assert audit.command(warehouse=root, sample="1%", signed_by="A" * 43 + "=") == 1
