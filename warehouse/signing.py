"""Signatures of snapshots: that the chain had this head is proved to others by who holds a key, Ed25519 (RFC 8032).

A snapshot names the one before it by its hash, so that one signature vouches for all of them. The key never lies in the
warehouse. Signatures are files of `signatures/`, each with the public key that it can be checked by.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path

from warehouse import snapshots
from warehouse.errors import WarehouseError, nothing_at
from warehouse.storage import at

FOLDER = "signatures"


class KeyFault(WarehouseError):  # noqa: N818
    """A key that cannot be used; the message says why."""


@dataclass(frozen=True)
class Signature:
    """Who vouches for a snapshot: the public key in base64, and when it was signed, as the signer says."""

    number: int
    snapshot_sha256: str
    signed_at: str
    public_key: str
    signature: str

    @property
    def message(self) -> bytes:
        """What is signed."""
        return f"dibao snapshot {self.number} {self.snapshot_sha256} {self.signed_at}\n".encode()


def new_key(path: Path) -> str:
    """Make a key in a file that only its owner can read; returns the public key. Raises KeyFault."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    data = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise KeyFault(f"No key can be written to {path}: {error.strerror or error}.") from error
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign(root: Path, key_file: Path, signed_at: str) -> Signature:
    """Sign the last snapshot. Raises KeyFault where the key cannot be used or lies in the warehouse, Missing where
    there is nothing to sign."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = key_file.expanduser().resolve()
    if path.is_relative_to(root.resolve()):
        raise KeyFault(f"The key {path} lies in the warehouse; keep it elsewhere, where its readers cannot read it.")
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise KeyFault(f"The key {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, TypeError) as error:
        raise KeyFault(f"{path} holds no key without a password, as `dibao sign --new-key FILE` makes one.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"The key {path} is not of the kind Ed25519; `dibao sign --new-key FILE` makes one.")
    last = snapshots.latest(root)
    if last is None:
        raise nothing_at(root)
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    draft = Signature(last.number, last.sha256, signed_at, public, "")
    made = Signature(
        draft.number, draft.snapshot_sha256, signed_at, public, base64.b64encode(key.sign(draft.message)).decode()
    )
    at(root).put(f"{FOLDER}/{last.number:08d}.json", json.dumps(vars(made), indent=1).encode() + b"\n")
    return made


def check(root: Path, trusted: str | None = None) -> tuple[list[Signature], list[str]]:
    """The signatures that hold, by number, and a sentence for each that does not.

    With `trusted`, a public key in base64, those by other keys are told, and where none is by it that is told.
    """
    storage = at(root)
    known = snapshots.expired(root)
    there = set(snapshots.numbers(root))
    good: list[Signature] = []
    wrong: list[str] = []
    for name in storage.names(FOLDER):
        try:
            found = Signature(**json.loads(storage.get(name)))
            sha256 = snapshots.load(root, found.number).sha256 if found.number in there else known.get(found.number)
        except (ValueError, TypeError, WarehouseError) as error:
            wrong.append(f"{name} cannot be read: {error}")
            continue
        if sha256 != found.snapshot_sha256:
            wrong.append(f"{name} is of another snapshot {found.number} than there is: one of them was changed.")
        elif not _holds(found):
            wrong.append(f"{name} does not hold: the snapshot was not signed so by that key.")
        elif trusted is not None and found.public_key != trusted:
            wrong.append(f"{name} is by another key, {found.public_key}.")
        else:
            good.append(found)
    if trusted is not None and not good:
        wrong.append("No snapshot is signed by the key that was given.")
    return good, wrong


def _holds(found: Signature) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(found.public_key, validate=True))
        key.verify(base64.b64decode(found.signature, validate=True), found.message)
    except (InvalidSignature, ValueError):
        return False
    return True
