"""Threads and processes around a batch."""

import subprocess
import sys
import threading

import gymnasium
import numpy as np

import volery
from volery import testing

FORK_SCRIPT = """
import os, sys
import numpy as np
import volery
batch = volery.Batch("hover", 64, num_threads=2)
batch.reset(seed=0)
actions = np.zeros((64, 1, 4), np.float32)
batch.step(actions)  # the workers are running now, and a fork does not copy them
child = os.fork()
for _ in range(20):
    batch.step(actions)
os.write(1, f"{batch.state_hash():016x}\\n".encode())  # whole lines, which print does not promise
if child == 0:
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_batch_survives_a_fork():
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK_SCRIPT],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    parent, child = done.stdout.split()
    assert parent == child


def test_processes_of_gymnasium_equal_the_native_environment():
    kwargs = {"num_envs": 2, "episode_s": 0.5}
    native = gymnasium.make_vec("Volery/Hover-v0", **kwargs)
    processes = gymnasium.make_vec("Volery/Hover-v0", vectorization_mode="async", **kwargs)
    try:
        testing.assert_same(native.reset(seed=3), processes.reset(seed=3), "reset")
        native.action_space.seed(0)
        for step in range(40):
            actions = native.action_space.sample()
            testing.assert_same(native.step(actions), processes.step(actions), f"step {step}")
    finally:
        native.close()
        processes.close()


def test_batches_of_different_threads_do_not_disturb_each_other():
    def run(results, index):
        with volery.Batch("hover", 32, num_threads=2) as batch:
            batch.reset(seed=index)
            actions = np.full((32, 1, 4), 0.1, np.float32)
            for _ in range(100):
                batch.step(actions)
            results[index] = batch.state_hash()

    alone: dict[int, int] = {}
    together: dict[int, int] = {}
    for i in range(3):
        run(alone, i)
    threads = [threading.Thread(target=run, args=(together, i)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


MEMORY_SCRIPT = """
import resource
import volery
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
try:
    volery.Batch("hover", num_worlds=1 << 25)
except MemoryError as error:
    print("refused:", error)
volery.Batch("hover").reset()
"""


def test_what_does_not_fit_in_memory_is_refused():
    done = subprocess.run(
        [sys.executable, "-c", MEMORY_SCRIPT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("refused: config.num_worlds")
