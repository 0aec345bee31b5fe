"""The same program gives the same text, byte for byte, whatever the seed of Python's hashes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.goldens import LEVELS, NAMES

ROOT = Path(__file__).parent.parent
SEEDS = ("1", "4242")


@pytest.fixture(scope="module")
def written():
    """All texts, from one process for each seed."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.goldens"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in SEEDS
    ]
    texts = [json.loads(process.communicate()[0]) for process in started]
    assert [process.returncode for process in started] == [0, 0]
    return texts


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_two_processes_write_the_same_text(written, name, level):
    first, second = (texts[f"{name}-{level}"] for texts in written)
    assert first == second


@pytest.mark.parametrize("level", LEVELS)
def test_text_names_no_place_of_this_machine(written, level):
    for name in NAMES:
        text = written[0][f"{name}-{level}"] or ""
        assert str(ROOT) not in text
        assert str(Path.home()) not in text
        assert "0x" not in text  # an address
