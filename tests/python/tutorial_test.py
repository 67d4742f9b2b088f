"""The tutorials say nothing that does not run."""

import re
from pathlib import Path

import pytest

from volery import protocol, task_registry

DOCS = Path(__file__).resolve().parents[2] / "docs"
TUTORIALS = ["your_first_task.md", "planning.md", "multi_agent.md"]


def blocks(page):
    return re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", TUTORIALS)
def test_every_block_runs_after_those_before_it(page, monkeypatch):
    monkeypatch.setattr(task_registry, "_registered", dict(task_registry._registered))
    monkeypatch.setattr(protocol, "_registered", {})
    names = {"__name__": page}
    found = blocks(page)
    for i, block in enumerate(found):
        exec(compile(block, f"{page}, block {i + 1}", "exec"), names)
    assert len(found) > 1
