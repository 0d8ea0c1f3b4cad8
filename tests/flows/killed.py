"""A run that is killed at a chosen moment: at the nth step that touches the disk, before or after it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any


def counted(root: Path, inputs: list[Path], at: int, log: Path, environ: dict[str, str] | None = None) -> None:
    """Ingest, and send this process SIGKILL at moment `at`; with -1, write the number of moments to `log`.

    `environ` is what a warehouse in a bucket is reached by.
    """
    os.environ.update(environ or {})
    import pyarrow.parquet as pq

    from flows.capture import salvage
    from tests.jobs import ingest
    from warehouse import catalogue, manifests, snapshots, tables
    from warehouse.disk import Disk

    seen: list[str] = []

    def moment(name: str) -> None:
        if len(seen) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        seen.append(name)

    def watched(owner: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            moment(f"before {name}")
            done = real(*args, **kwargs)
            moment(f"after {name}")
            return done

        setattr(owner, name, wrapper)

    if environ:
        from warehouse.bucket import Bucket
        from warehouse.lease import Lease
        from warehouse.objects import Objects

        for name in ("put", "put_new", "swap", "delete", "keep", "_take"):
            watched(Bucket, name)
        watched(Objects, "put_path")
        watched(Lease, "release")
    for name in ("fsync", "rename", "replace", "link"):
        watched(os, name)
    for owner, name in (
        (tables, "write_deltalake"),
        (tables, "follow"),
        (tables, "sha256_file"),
        (tables.DeltaTable, "create_write_transaction"),
        (manifests, "changed"),
        (Disk, "put"),
        (Disk, "put_new"),
        (Disk, "put_file"),
        (Disk, "keep"),
        (Disk, "delete"),
        (pq, "write_table"),
        (catalogue, "define"),
        (snapshots, "publish"),
        (salvage, "settle"),
        (salvage, "finish"),
        (salvage, "sha256_file"),
    ):
        watched(owner, name)
    ingest(root, *inputs)
    if at < 0:
        log.write_text(json.dumps(seen), "utf-8")
