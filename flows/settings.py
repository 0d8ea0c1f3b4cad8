"""Settings: defaults, then one TOML file, then DIBAO_* variables, then the command line."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from flows.places import warehouse_folder
from warehouse.errors import WarehouseError

CONFIG_NAME = "dibao.toml"


class SettingsError(WarehouseError):
    """A setting that cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set.

    warehouse      where everything is kept (DIBAO_WAREHOUSE)
    workers        processes that read payloads; 0 chooses by the machine's cores (DIBAO_WORKERS)
    memory_limit   memory limit of DuckDB, of matching and of a query, such as `2GB` (DIBAO_MEMORY_LIMIT)
    query_seconds  seconds that a query may take; 0 is no limit (DIBAO_QUERY_SECONDS)
    query_rows     rows that a query prints as CSV or JSON; 0 is no limit (DIBAO_QUERY_ROWS)
    keep           which snapshots `maintain` keeps (DIBAO_KEEP)
    sign_key       file of the key that signs what each run publishes; empty for none (DIBAO_SIGN_KEY)
    """

    warehouse: Path = Path("warehouse/data")
    workers: int = 0
    memory_limit: str = "2GB"
    query_seconds: float = 300.0
    query_rows: int = 1_000_000
    keep: str = "30 daily, 12 monthly, all yearly"
    sign_key: str = ""

    @property
    def processes(self) -> int:
        return self.workers or min(os.cpu_count() or 1, 8)

    def sha256(self) -> str:
        """Hash of the settings that shape rows. Place, workers and memory do not, so there are none yet to hash."""
        shaping = {name: value for name, value in asdict(self).items() if name not in _NOT_SHAPING}
        return hashlib.sha256(repr(sorted(shaping.items())).encode()).hexdigest()


_NOT_SHAPING = ("warehouse", "workers", "memory_limit", "query_seconds", "query_rows", "keep", "sign_key")
_NUMBERS: dict[str, type[int] | type[float]] = {"workers": int, "query_seconds": float, "query_rows": int}


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings for this process. Raises SettingsError where one has the wrong type or an unknown name."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    path = Path(environ.get("DIBAO_CONFIG", CONFIG_NAME))
    if path.is_file():
        try:
            values |= tomllib.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise SettingsError(f"{path} is not TOML: {error}.") from error
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise SettingsError(f"{path}: unknown setting {unknown[0]!r}; the settings are {', '.join(sorted(known))}.")
    for name in known:
        if value := environ.get(f"DIBAO_{name.upper()}"):
            values[name] = value
    values |= {name: value for name, value in (overrides or {}).items() if value is not None}
    for name, kind in _NUMBERS.items():
        if name in values:
            try:
                values[name] = kind(values[name])
            except (ValueError, TypeError) as error:
                what = "whole number" if kind is int else "number"
                raise SettingsError(f"{name} must be a {what}, not {values[name]!r}.") from error
    if "warehouse" in values:
        if not isinstance(values["warehouse"], str | os.PathLike):
            raise SettingsError(f"{path}: warehouse is the name of a folder, not {values['warehouse']!r}.")
        try:
            values["warehouse"] = warehouse_folder(values["warehouse"])
        except ValueError as error:
            raise SettingsError(str(error)) from error
    return Settings(**values)
