"""Ids of sources in every script, and paths as locations."""

from __future__ import annotations

import os
import unicodedata
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.names import BYTES, LETTERS, candidates, is_id, local_path, location_of, slug


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("人民晨报", "人民晨报"),
        ("光明 晚报（副刊）", "光明-晚报-副刊"),
        ("Вечерняя Газета", "вечерняя-газета"),
        ("الصباح", "الصباح"),
        ("दैनिक समाचार", "दैनिक-समाचार"),
        ("あさひ新聞", "あさひ新聞"),
        ("Evening Post", "evening-post"),
        (unicodedata.normalize("NFD", "Élan"), "élan"),
        ("…", ""),
        ("a/b", "a-b"),
    ],
)
def test_letters_of_every_script_stay(name: str, wanted: str) -> None:
    assert slug(name) == wanted
    assert not wanted or is_id(wanted)


@given(st.text(max_size=300))
def test_what_is_left_of_any_name_is_an_id(name: str) -> None:
    short = slug(name)
    assert short == "" or is_id(short), (name, short)
    assert len(short) <= LETTERS
    assert len(short.encode()) <= BYTES
    assert slug(short) == short


@given(st.lists(st.binary(min_size=1, max_size=255).filter(lambda b: b"/" not in b and b"\0" not in b), max_size=6))
def test_a_folder_has_as_many_ids_as_are_asked_for(parts: list[bytes]) -> None:
    names = list(islice(candidates(Path("/", *map(os.fsdecode, parts))), 12))
    assert len(set(names)) == 12
    assert all(map(is_id, names)), names


@given(st.binary(min_size=1, max_size=100).filter(lambda b: b"\0" not in b))
def test_every_path_can_be_a_location(name: bytes) -> None:
    path = Path("/") / os.fsdecode(name).lstrip("/")
    location = location_of(path)
    assert location.encode("utf-8")
    assert local_path(location) == path
