"""Every example runs as it stands, in a few seconds."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))
MOST_SECONDS = 60  # three times what they may take on a machine of their own


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_runs(example, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(example)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not done.stderr


def test_there_are_examples():
    assert {path.name for path in EXAMPLES} >= {
        *("quickstart.py", "random_rollout_vec.py", "formation_baseline.py"),
        *("snapshot_branching.py", "mppi.py"),
    }
