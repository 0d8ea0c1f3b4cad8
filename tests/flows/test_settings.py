"""Settings: defaults, then the file, then the environment, then the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.settings import Settings, SettingsError, load


@pytest.fixture
def config(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "dibao.toml"
    path.write_text('warehouse = "from-file"\nworkers = 3\n', "utf-8")
    return {"DIBAO_CONFIG": str(path)}


def test_defaults(tmp_path: Path) -> None:
    settings = load({}, {"DIBAO_CONFIG": str(tmp_path / "none.toml")})
    assert settings == Settings()
    assert settings.processes >= 1


def test_each_overrides_the_one_before(config: dict[str, str]) -> None:
    assert load({}, config).warehouse == Path("from-file")
    assert load({}, config | {"DIBAO_WAREHOUSE": "from-env"}).warehouse == Path("from-env")
    assert load({"warehouse": Path("said")}, config | {"DIBAO_WAREHOUSE": "x"}).warehouse == Path("said")
    assert load({"workers": None}, config).workers == 3
    assert load({}, config | {"DIBAO_WORKERS": "5"}).processes == 5


@pytest.mark.parametrize(
    ("text", "environ", "said"),
    [
        ("wharehouse = 1\n", {}, "unknown setting 'wharehouse'"),
        ("= nonsense", {}, "is not TOML"),
        ("", {"DIBAO_WORKERS": "many"}, "workers must be a whole number"),
        ("", {"DIBAO_WAREHOUSE": "ftp://host/x"}, "is not a folder"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, environ: dict[str, str], said: str) -> None:
    path = tmp_path / "dibao.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=said):
        load({}, {"DIBAO_CONFIG": str(path)} | environ)


def test_the_hash_sees_what_shapes_rows_only() -> None:
    assert Settings().sha256() == Settings(warehouse=Path("x"), workers=7, memory_limit="1GB").sha256()


def test_a_home_folder_is_found(config: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert load({"warehouse": "~/w"}, config).warehouse == Path("/somewhere/w")
