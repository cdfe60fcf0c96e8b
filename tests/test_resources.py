from __future__ import annotations

from importlib.resources import files

import pytest

from reinstate import resources

NAMES = sorted(file.name for file in files(resources).iterdir() if file.name.endswith(".toml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_data_file_can_be_read(name: str) -> None:
    assert resources.read_toml(name)


def test_a_data_file_is_read_once() -> None:
    assert resources.read_toml("taxonomy.toml") is resources.read_toml("taxonomy.toml")


def test_a_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        resources.read_toml("nothing.toml")
