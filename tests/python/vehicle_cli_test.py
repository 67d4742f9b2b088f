"""`volery describe vehicle`, `volery vehicle new`, `volery plot`, and the generated pages."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest

from volery import _volery, vehicles
from volery.cli import main

ROOT = Path(__file__).resolve().parents[2]
NAMES = vehicles.names()


@pytest.mark.parametrize("name", NAMES)
def test_describe_shows_every_parameter_and_what_follows(name, capsys):
    assert main(["describe", "vehicle", name]) == 0
    out = capsys.readouterr().out
    vehicle = vehicles.load(name)
    assert vehicle.config["doc"] in out
    for field in vehicles.fields_of(vehicle):
        if field.path not in ("name", "doc") and "[]" not in field.path:
            assert re.search(rf"^  {re.escape(field.path)}  .*{re.escape(field.unit)}", out, re.M)
    for i in range(len(vehicle.config["cameras"])):
        assert re.search(rf"^  cameras\[{i}\]\.fov_y_rad  .*rad", out, re.M)
    assert all(re.search(rf"^  {value.name}  ", out, re.M) for value in vehicle.derived)
    assert out.count("clockwise") == vehicle.num_rotors


def test_describe_prints_one_json_object(capsys):
    assert main(["describe", "vehicle", "cf2x", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["config"] == vehicles.load("cf2x").config
    assert document["units"]["mass_kg"] == "kg"
    assert document["derived"]["hover_speed_radps"]["value"] == pytest.approx(1707.7, abs=0.1)
    assert document["derived"]["rate_per_s"]["unit"] == "1/s"
    assert len(document["mixer"]) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["describe", "vehicle"], "which one"),
        (["describe", "vehicle", "cf2y"], "unknown vehicle 'cf2y'"),
        (["describe", "vehicle", "none.toml"], "no such file"),
        (["describe", "hover", "cf2x"], "go with `describe vehicle` alone"),
        (["describe", "hover", "--json"], "go with `describe vehicle` alone"),
        (["plot", "thrust", "--vehicle", "cf2y"], "unknown vehicle 'cf2y'"),
        (["plot", "lift"], "invalid choice: 'lift'"),
        (["vehicle", "old", "mine"], "invalid choice: 'old'"),
    ],
)
def test_wrong_calls_end_with_one_line_and_code_2(arguments, words, capsys):
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def new(stand, *more):
    numbers = ["--mass", "1.1", "--arm", "0.16", "--radius", "0.089", "--lag", "0.045"]
    inertia = ["--inertia", "4e-3", "6.4e-3", "8.3e-3"]
    return main(["vehicle", "new", "seven", *numbers, *inertia, "--stand", str(stand), *more])


def test_a_vehicle_is_made_from_a_stand_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    stand = tmp_path / "stand.csv"
    stand.write_text("rpm,thrust_g\n5100,148\n11100,706\n15200,1322\n")
    assert new(stand, "--layout", "plus", "--rotors", "6", "--fall-lag", "0.06") == 0
    out = capsys.readouterr().out
    assert "seven.toml" in out
    assert "thrust / weight  7.2" in out
    config = vehicles.load("seven.toml").config
    assert len(config["rotors"]) == 6
    assert config["motor_fall_s"] == pytest.approx(0.06)
    assert "stand.csv)" in (tmp_path / "seven.toml").read_text()
    # and where that goes wrong, the file and the line are told
    stand.write_text("rpm,thrust_g\n5100,x\n")
    assert new(stand) == 2
    assert "stand.csv:2: thrust_g = 'x'" in capsys.readouterr().err
    assert new(tmp_path / "none.csv") == 2


@pytest.mark.parametrize("kind", ["drop", "fall", "ground-effect", "motor", "spin", "thrust"])
def test_every_plot_makes_a_small_picture(kind, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    file = tmp_path / "new" / "a.png"
    assert main(["plot", kind, "--vehicle", "racer", "-o", str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    assert file.read_bytes().startswith(b"\x89PNG")
    assert 5_000 < file.stat().st_size < 60_000


def test_plots_without_matplotlib_say_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["plot", "thrust"]) == 1
    assert "pip install 'volery[plot]'" in capsys.readouterr().err


# --- generated pages ----------------------------------------------------------------------------


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_vehicles_in_the_docs_is_that_of_the_engine():
    table = generator().vehicle_table()
    assert table in (ROOT / "docs" / "vehicles.md").read_text(), "run `./run docs`"
    assert all(f"`{name}`" in table for name in vehicles.rotorcraft())


def test_pictures_of_the_docs_are_there_and_small():
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text()):
            file = page.parent / picture
            assert file.is_file(), f"{page.name} shows {picture}"
            assert file.stat().st_size <= 60_000, picture


def test_a_section_that_is_not_there_is_told():
    module = generator()
    page = "<!-- generated: a -->\nold\n<!-- end -->\n"
    assert module.replaced(page, "a", "new\n") == "<!-- generated: a -->\nnew\n<!-- end -->\n"
    with pytest.raises(ValueError, match="no section 'b'"):
        module.replaced(page, "b", "new\n")


def test_derived_values_say_what_they_are():
    for value in _volery.Vehicle("cf2x").derived:
        assert value.doc
        assert len(value.values) in (1, 3)
