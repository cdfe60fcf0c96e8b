from __future__ import annotations

import pytest

import reinstate
from reinstate import errors

CHILDREN = (errors.InputError, errors.LabelError, errors.MissingExtraError, errors.ModelError)


@pytest.mark.parametrize("child", CHILDREN)
def test_one_root_catches_all(child: type[Exception]) -> None:
    assert issubclass(child, reinstate.ReinstateError)


def test_every_error_of_the_package_is_listed() -> None:
    defined = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert defined == set(errors.__all__) == {child.__name__ for child in CHILDREN} | {"ReinstateError"}


def test_misuse_exits_with_two_and_failure_with_one() -> None:
    assert {child.__name__: child.exit_code for child in CHILDREN} == {
        "InputError": 2,
        "LabelError": 1,
        "MissingExtraError": 1,
        "ModelError": 1,
    }


def test_a_missing_extra_names_the_package_and_the_command_that_installs_it() -> None:
    error = errors.MissingExtraError("train", "sklearn")
    assert error.extra == "train"
    assert "'sklearn'" in str(error)
    assert 'pip install "reinstate[train]"' in str(error)
