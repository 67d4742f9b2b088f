"""The package as it is installed: what it needs, what it carries, what its stubs say."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import volery
from volery import _volery

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(volery.__file__).parent


def run_python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True
    ).stdout


def test_importing_needs_numpy_and_gymnasium_only():
    code = "import sys; before = set(sys.modules); import volery; print(*set(sys.modules) - before)"
    loaded = {name.partition(".")[0] for name in run_python("-c", code).split()}
    code = (
        "import sys; before = set(sys.modules); import gymnasium; print(*set(sys.modules) - before)"
    )
    of_gymnasium = {name.partition(".")[0] for name in run_python("-c", code).split()}
    ours = loaded - of_gymnasium - set(sys.stdlib_module_names)
    assert ours == {"volery"}


def test_importing_prints_and_starts_nothing():
    code = "import threading, volery; print(threading.active_count())"
    assert run_python("-c", code) == "1\n"


def test_the_package_is_typed():
    assert (PACKAGE / "py.typed").exists()
    assert (PACKAGE / "_volery.pyi").exists()


def test_the_version_is_that_of_the_build():
    text = (ROOT / "CMakeLists.txt").read_text()
    assert f"project(volery VERSION {volery.__version__} " in text


def test_everything_public_is_documented():
    for name in volery.__all__:
        if not name.startswith("_"):
            assert getattr(volery, name).__doc__, name


def test_vehicles_and_scenes_are_found():
    assert "cf2x" in _volery.asset_names("vehicles")
    assert "empty" in _volery.asset_names("scenes")


@pytest.mark.parametrize("kind", ["tasks", "sensors", "controllers", "policies"])
def test_registries_name_and_describe(kind):
    entries = getattr(_volery, kind)()
    assert entries
    assert [e.name for e in entries] == sorted(e.name for e in entries)
    assert all(e.doc for e in entries)


def test_config_fields_are_what_a_batch_takes():
    paths = [field.path for field in _volery.config_fields()]
    with volery.Batch("hover") as batch:
        for path in paths:
            assert path.partition(".")[0].removesuffix("[]") in batch.config


def test_status_bits_are_those_of_the_engine():
    assert {s.name: s.value for s in volery.Status} | {"OK": 0} == {
        name: int(value) for name, value in _volery.Status.__members__.items()
    }


@pytest.mark.skipif(
    importlib.util.find_spec("pybind11_stubgen") is None
    or importlib.util.find_spec("ruff") is None,
    reason="the lint tools are not installed; `./run lint` makes the same comparison",
)
def test_the_stubs_are_those_of_the_extension(tmp_path):
    run_python("-m", "pybind11_stubgen", "volery._volery", "--output-dir", str(tmp_path))
    new = tmp_path / "volery" / "_volery.pyi"
    run_python("-m", "ruff", "format", "--config", str(ROOT / "pyproject.toml"), str(new))
    assert new.read_text() == (ROOT / "python" / "volery" / "_volery.pyi").read_text()
