"""Holds the house to DESIGN.md section 3: who may include whom, sizes, a test for everything.

Reads the sources as text, so it needs no build: `python tests/architecture_test.py` runs it alone.
Each rule is a function from a root folder to a list of complaints; the tests at the end feed each
rule a small wrong tree, because a rule that cannot fail is no rule.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

_GROUND = {"core", "model", "scene", "state"}
_ALL_LAYERS = _GROUND | {
    *("control", "flight", "swarm", "contact", "sense", "radio", "task", "policy", "batch"),
}
_PROGRAM = {"batch", "io", "bench", "render", "camera", "view"}
# folder of src/ -> the other folders that it may include
ALLOWED: dict[str, set[str]] = {
    "core": set(),
    "model": {"core"},
    "scene": {"core", "model"},
    "state": {"core", "model"},
    "control": {"core", "model", "state"},
    "flight": {"core", "model", "state"},
    "swarm": _GROUND,
    "contact": _GROUND | {"swarm"},
    "sense": _GROUND | {"swarm"},
    "radio": _GROUND | {"swarm"},
    "task": _GROUND | {"swarm"},
    "policy": _GROUND | {"swarm", "control"},
    "batch": _ALL_LAYERS - {"batch"},
    "io": _ALL_LAYERS,
    # benchmarks run the same from the C++ program and from Python
    "bench": _ALL_LAYERS | {"io", "camera"},
    "render": _GROUND,
    # pictures that agents take, and what people look at: both of a whole batch
    "camera": _ALL_LAYERS | {"render"},
    "view": _ALL_LAYERS | {"io", "render"},
    # programs: public headers of every layer, and the private ones of these
    "bindings": _PROGRAM,
    "sim": _PROGRAM,
    "viewer": _PROGRAM,
    "examples": _PROGRAM,
}
PROGRAMS = {"bindings", "sim", "viewer", "examples"}

# public header -> the layer that implements it; whoever may include the layer may include it
PUBLIC_LAYER = {
    "error": "core",
    "value": "core",
    "assets": "core",
    "assignment": "core",
    "isa": "core",
    "column": "core",
    "randomize": "core",
    "controller": "control",
    "radio": "radio",
    "sensor": "sense",
    "task": "task",
    "host_task": "task",
    "policy": "policy",
    "config": "batch",
    "layout": "batch",
    "batch": "batch",
    "batch_report": "batch",
    "journal": "batch",
    "gpd": "batch",
    "io": "io",
}

# prefix of an include from outside -> the folders that may have it; everything else is the standard
# library or unknown
EXTERNAL: dict[str, set[str]] = {
    "bullet/": {"contact"},
    "bt": {"contact"},
    "BulletCollision/": {"contact"},
    "BulletDynamics/": {"contact"},
    "LinearMath/": {"contact"},
    "pybind11/": {"bindings"},
    "Python.h": {"bindings"},
    "hwy/": {"core"},
    "toml++/": {"core"},
    "Random123/": {"core"},
    "xxhash.h": {"core", "batch", "io"},
    "nlohmann/": {"io", "bench", "sim"},
    "CLI/": {"sim", "viewer"},
    "zstd.h": {"io"},
    "epoxy/": {"render", "viewer"},
    "dlfcn.h": {"render"},
    "stb/": {"render", "viewer"},
    "EGL/": {"render"},
    "GLFW/": {"viewer"},
    "imgui": {"viewer"},
    "backends/imgui": {"viewer"},
    # the machine itself: control registers, threads, memory
    "immintrin.h": {"core"},
    "xmmintrin.h": {"core"},
    "cpuid.h": {"core", "bench"},
    "pthread.h": {"core"},
    "unistd.h": {"core", "batch", "io", "bench", "sim"},
    "sched.h": {"core"},
    "signal.h": {"core"},
    "sys/": {"core", "batch", "io", "bench", "sim"},
}
# a kernel file is compiled once per instruction set, which takes these two in the file itself
KERNEL_INCLUDES = {"hwy/foreach_target.h", "hwy/highway.h"}
TEST_INCLUDES = ("gtest/", "gmock/", "unistd.h", "sys/")

# path -> why it may be longer than a source file (400 lines) or header (200) should be
LONG_FILES: dict[str, str] = {}
# "path: function" -> why it may be longer than 60 lines; kernels need no entry
LONG_FUNCTIONS: dict[str, str] = {
    "src/batch/setup.cpp: Setup::Setup": "one pass that resolves a config in order of need",
    "src/bindings/layout.cpp: bind_layout": "a list of attributes with their docs",
    "src/flight/flight_params.cpp: FlightParams::FlightParams": "a list of folded constants",
    "src/state/blocks.cpp: declare_rigid_fields": "a list of fields with their docs",
}

# layers whose results reach state or observations: no libm, no clock, no shared generator
EXACT_LAYERS = _ALL_LAYERS
EXACT_EXEMPT = {
    "src/core/math.hpp": "our own sin, exp, ... live here",
    "src/core/math_formulas.hpp": "our own sin, exp, ... live here",
}
_LIBM = (
    "sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|exp|exp2|expm1|log|log2|log10|log1p|pow|cbrt|"
    "hypot|fma|lerp|erf|tgamma|lgamma"
)
INEXACT = re.compile(
    rf"\bstd::(?:{_LIBM})[fl]?\s*\(|(?<![\w:.>])(?:{_LIBM})[fl]\s*\(|\brandom_device\b|\bmt19937\b"
    rf"|\bstd::(?:chrono::\w*clock|rand\b|time\b)"
)
PRINTS = re.compile(
    r"\bstd::c(?:out|err|log)\b|(?<![\w:])(?:std::)?(?:printf|puts|exit|abort)\s*\("
)
MAY_ABORT = {"src/core/assert.hpp", "src/core/assert.cpp"}

# kind -> folder of src/ whose files are its registry
REGISTRIES = {"task": "task", "sensor": "sense", "controller": "control", "baseline": "policy"}

_MARKER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!\(#\d+\))")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
_CODE_IN_COMMENT = re.compile(r"^\s*//\s*[\w:<>*&\[\].\->]+\s*(?:\(.*\)|[-+*/]?=.*)\s*;\s*$")
_NOT_A_FUNCTION = re.compile(r"^(?:if|else|for|while|switch|do|try|catch|return|case|default)\b")


def sources(root: Path, *folders: str) -> Iterator[tuple[str, str]]:
    """Yields (path from root, text) of the C++ files under the folders, sorted."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".cpp", ".hpp", ".h"}:
                yield path.relative_to(root).as_posix(), path.read_text()


def home(path: str) -> str:
    """The layer that a file belongs to; that of tests/<folder> is its folder's."""
    parts = Path(path).parts
    if parts[0] == "include":
        return PUBLIC_LAYER.get(Path(path).stem, "")
    return parts[1] if parts[0] in {"src", "tests"} else parts[0]


def layer_may_include(layer: str, target: str) -> bool:
    """Whether files of `layer` may include the quoted path `target`."""
    folder, _, rest = target.partition("/")
    if folder != "volery":
        return folder == layer or folder in ALLOWED[layer]
    owner = PUBLIC_LAYER.get(Path(rest).stem)
    return owner is not None and (layer in PROGRAMS or owner in {layer} | ALLOWED[layer])


def outside_may_include(layer: str, target: str, *, is_test: bool) -> bool:
    """Whether files of `layer` may include the library or system header `target`."""
    if target in KERNEL_INCLUDES and layer in _ALL_LAYERS | {"camera"}:
        return True
    if is_test and target.startswith(TEST_INCLUDES):
        return True
    for prefix, layers in EXTERNAL.items():
        if target.startswith(prefix):
            return layer in layers
    return re.fullmatch(r"[a-z_]+", target) is not None  # <vector>, <cmath>


def wrong_includes(root: Path) -> list[str]:
    """Every include that DESIGN.md section 3 forbids."""
    complaints = []
    for path, text in sources(root, "src", "include", "viewer", "examples", "tests"):
        layer, is_test = home(path), path.startswith("tests/")
        if is_test and layer == "bench":
            complaints += [
                f"{path}: benchmarks may not include {name}"
                for name, _ in _INCLUDE.findall(text)
                if name.split("/")[0] in PROGRAMS
            ]
            continue
        if layer not in ALLOWED:
            complaints.append(f"{path}: belongs to no layer; add it to the tables of this test")
            continue
        for quoted, angled in _INCLUDE.findall(text):
            if quoted.startswith("tests/"):
                fine = is_test
            elif is_test and quoted and (root / path).parent.joinpath(quoted).exists():
                fine = True  # a helper of the same folder
            elif quoted.split("/")[0] in {*ALLOWED, "volery"}:
                fine = layer_may_include(layer, quoted)
            else:
                fine = outside_may_include(layer, quoted or angled, is_test=is_test)
            if not fine:
                complaints.append(f"{path}: {layer} may not include {quoted or angled}")
    return complaints


def cmake_disagreements(root: Path) -> list[str]:
    """Layers whose links in CMakeLists.txt are not those of the table."""
    complaints = []
    text = (root / "CMakeLists.txt").read_text()
    for layer, arguments in re.findall(r"^\s*volery_layer\((\w+)([^)]*)\)", text, re.MULTILINE):
        match = re.search(r"DEPENDS([a-z ]*)", arguments)
        depends = set(match.group(1).split()) if match else set()
        if layer not in ALLOWED or not depends <= ALLOWED[layer]:
            complaints.append(f"CMakeLists.txt: {layer} links {sorted(depends)}")
    return complaints


def without_comments(text: str) -> str:
    """The text with comments and literals blanked, line for line."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''
    return re.sub(pattern, lambda m: '""' + "\n" * m.group().count("\n"), text, flags=re.DOTALL)


def functions(text: str) -> Iterator[tuple[str, int, bool]]:
    """Yields (name, lines, is a lane kernel) of the functions that the text defines."""
    text = re.sub(r"^[ \t]*#.*(?:\\\n.*)*", "", without_comments(text), flags=re.MULTILINE)
    stack: list[tuple[str, str, int]] = []  # what a brace opens, name, offset
    start = 0
    for match in re.finditer(r"[{};]", text):
        head = text[start : match.start()].strip()
        start = match.end()
        if match.group() == "{":
            outside = all(kind == "scope" for kind, _, _ in stack)
            name = re.search(r"([\w:~]+|operator\S+)\s*\(", head)
            if re.search(r"\b(?:namespace|class|struct|enum|union|extern)\b[^()=]*$", head):
                stack.append(("scope", head, start))
            elif outside and name and not _NOT_A_FUNCTION.match(head):
                stack.append(("function", name.group(1), start - len(head)))
            else:
                stack.append(("block", "", start))
        elif match.group() == "}" and stack:
            kind, name_, begin = stack.pop()
            if kind == "function":
                kernel = any("HWY_NAMESPACE" in scope for _, scope, _ in stack)
                yield name_, text.count("\n", begin, match.start()) + 1, kernel


def long_things(root: Path) -> list[str]:
    """Files and functions that are longer than they should be and have no reason on the lists."""
    complaints = []
    for path, text in sources(root, "src", "include", "viewer"):
        limit = 400 if path.endswith(".cpp") else 200
        if len(text.splitlines()) > limit and path not in LONG_FILES:
            complaints.append(f"size: {path} has {len(text.splitlines())} lines, more than {limit}")
        complaints += [
            f"size: {path}: {name} has {lines} lines, more than 60"
            for name, lines, kernel in functions(text)
            if lines > 60 and not kernel and f"{path}: {name}" not in LONG_FUNCTIONS
        ]
    return complaints


def stale_reasons(root: Path) -> list[str]:
    """Entries of the allow-lists whose file is gone."""
    paths = [*LONG_FILES, *(entry.split(":")[0] for entry in LONG_FUNCTIONS), *EXACT_EXEMPT]
    return [
        f"{path}: on an allow-list but not there" for path in paths if not (root / path).exists()
    ]


def untested(root: Path) -> list[str]:
    """Tasks, sensors, controllers, baselines and vehicles whose name appears in no test."""
    wanted = []
    for kind, folder in REGISTRIES.items():
        for path in sorted((root / "src" / folder).glob("*.cpp")):
            if not path.stem.endswith("_common"):
                wanted.append((kind, path.stem, [f"tests/{folder}"]))
    for path in sorted((root / "assets/vehicles").glob("*.toml")):
        wanted.append(("vehicle", path.stem, ["tests/model", "tests/control"]))
    for path in sorted((root / "python/volery/tasks").glob("[a-z]*.py")):
        wanted.append(("task", path.stem, ["tests/python"]))
    complaints = []
    for kind, name, folders in wanted:
        files = [f for folder in folders for f in (root / folder).glob("*") if f.is_file()]
        named = any(f.stem in {f"{name}_test", f"test_{name}"} for f in files)
        if not named and not any(f'"{name}"' in f.read_text() for f in files):
            complaints.append(f"{kind} {name}: no test in {' or '.join(folders)} names it")
    return complaints


def inexact_calls(root: Path) -> list[str]:
    """Calls whose result depends on the machine, the library or the time, in layers that step."""
    complaints = []
    for path, text in sources(root, "src", "include"):
        if home(path) not in EXACT_LAYERS or path in EXACT_EXEMPT:
            continue
        for match in INEXACT.finditer(without_comments(text)):
            complaints.append(
                f"{path}: {match.group().strip(' (')}: same seed, same bits forbids it"
            )
    return complaints


def printing_libraries(root: Path) -> list[str]:
    """Libraries that print or end the process."""
    complaints = []
    for path, text in sources(root, "src", "include"):
        if home(path) not in PROGRAMS and path not in MAY_ABORT:
            found = PRINTS.findall(without_comments(text))
            complaints += [f"{path}: a library may not call {call.strip(' (')}" for call in found]
    return complaints


def leftovers(root: Path) -> list[str]:
    """Markers of unfinished work without an issue, and commented-out code."""
    complaints = []
    files = list(sources(root, "src", "include", "tests", "viewer", "examples"))
    for folder in ("python", "tests", "examples", "cmake", ".ci"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".cmake", ".txt"} or path.name == "run":
                files.append((path.relative_to(root).as_posix(), path.read_text()))
    for path, text in files:
        for number, line in enumerate(text.splitlines(), 1):
            if _MARKER.search(line):
                complaints.append(f"{path}:{number}: unfinished work needs an issue number")
            if path.endswith(".cpp") and _CODE_IN_COMMENT.match(line):
                complaints.append(f"{path}:{number}: commented-out code")
    return complaints


@pytest.mark.parametrize(
    "rule",
    [
        wrong_includes,
        cmake_disagreements,
        stale_reasons,
        untested,
        inexact_calls,
        printing_libraries,
        leftovers,
    ],
)
def test_the_house_keeps_its_rules(rule):
    complaints = rule(ROOT)
    assert not complaints, "\n".join(complaints)


def test_sizes_are_worth_a_warning():
    for complaint in long_things(ROOT):
        warnings.warn(complaint, UserWarning, stacklevel=1)


# --- each rule can fail -------------------------------------------------------------------------


def plant(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("src/model/a.cpp", '#include "flight/flight.hpp"'),  # upward
        ("src/flight/a.cpp", '#include "contact/contact.hpp"'),  # sideways
        ("src/swarm/a.hpp", "#  include <btBulletCollisionCommon.h>"),
        ("src/batch/a.cpp", "#include <BulletCollision/CollisionShapes/btBoxShape.h>"),
        ("src/sim/a.cpp", "#include <pybind11/pybind11.h>"),
        ("src/sim/b.cpp", '#include "contact/contact.hpp"'),  # not through the public headers
        ("src/core/a.cpp", '#include "volery/batch.hpp"'),
        ("src/model/b.cpp", "#include <boost/any.hpp>"),  # unknown
        ("src/attic/a.cpp", "#include <vector>"),  # no such layer
        ("include/volery/value.hpp", '#include "model/vehicle.hpp"'),
        ("include/volery/surprise.hpp", "#include <vector>"),
        ("tests/model/a_test.cpp", '#include "flight/flight.hpp"'),
        ("tests/bench/a.cpp", '#include "bindings/module.hpp"'),
        ("src/flight/c.cpp", "#include <gtest/gtest.h>"),
    ],
)
def test_a_forbidden_include_is_found(tmp_path, path, line):
    assert len(wrong_includes(plant(tmp_path, {path: f"// why\n{line}\n"}))) == 1


def test_allowed_includes_pass(tmp_path):
    files = {
        "src/flight/a.cpp": "#include <hwy/foreach_target.h>\n#include <cmath>",
        "src/contact/a.cpp": '#include <btBulletDynamicsCommon.h>\n#include "swarm/neighbors.hpp"',
        "src/bindings/a.cpp": '#include <pybind11/numpy.h>\n#include "volery/batch.hpp"',
        "include/volery/task.hpp": '#include "state/slab.hpp"\n#include "volery/value.hpp"',
        "tests/flight/a_test.cpp": '#include <gtest/gtest.h>\n#include "tests/flight/fall.hpp"',
    }
    assert wrong_includes(plant(tmp_path, files)) == []


def test_a_link_upward_is_found(tmp_path):
    text = "volery_layer(model DEPENDS core flight)\nvolery_layer(state DEPENDS core model)\n"
    assert len(cmake_disagreements(plant(tmp_path, {"CMakeLists.txt": text}))) == 1


def test_long_files_and_functions_are_found(tmp_path):
    body = "namespace volery {\nint f(int a) {\n" + "  if (a) {\n  }\n" * 30 + "  return a;\n}\n}\n"
    kernel = body.replace("namespace volery", "namespace volery::HWY_NAMESPACE")
    files = {
        "src/core/long.hpp": "int a;\n" * 201,
        "src/core/long.cpp": "int a;\n" * 401,
        "src/core/body.cpp": body,
        "src/core/kernel.cpp": kernel,
    }
    complaints = long_things(plant(tmp_path, files))
    assert [c.split()[1].rstrip(":") for c in complaints] == [
        "src/core/body.cpp",
        "src/core/long.cpp",
        "src/core/long.hpp",
    ]


def test_a_task_without_a_test_is_found(tmp_path):
    files = {
        "src/task/hover.cpp": "",
        "src/task/race.cpp": "",
        "src/task/spawn_common.cpp": "",
        "tests/task/tasks_test.cpp": 'make("hover")',
        "assets/vehicles/kite.toml": "",
    }
    complaints = untested(plant(tmp_path, files))
    assert [c.split(":")[0] for c in complaints] == ["task race", "vehicle kite"]


@pytest.mark.parametrize("line", ["x = std::sin(y);", "x = powf(y, 2);", "std::mt19937 shared;"])
def test_an_inexact_call_is_found(tmp_path, line):
    assert len(inexact_calls(plant(tmp_path, {"src/flight/a.cpp": line}))) == 1
    assert inexact_calls(plant(tmp_path, {"src/flight/a.cpp": f"// {line}"})) == []


def test_a_printing_library_is_found(tmp_path):
    files = {"src/scene/a.cpp": 'std::printf("x");', "src/sim/main.cpp": 'std::printf("x");'}
    assert len(printing_libraries(plant(tmp_path, files))) == 1


def test_leftovers_are_found(tmp_path):
    files = {
        "src/core/a.cpp": "// TO"
        + "DO: later\n// TO"
        + "DO(#12): later\n// x = f(y);\n// see f(y).\n",
        "python/volery/a.py": "# FIX" + "ME\n",
    }
    assert len(leftovers(plant(tmp_path, files))) == 3


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "--quiet"]))
