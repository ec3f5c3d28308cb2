from __future__ import annotations

import subprocess
import sys

import pytest

from dev_assistant.report.proof import unproved


@pytest.mark.parametrize(
    ("meta", "reasons"),
    [
        ({"settled": True, "missing": [], "missing_shards": []}, []),
        ({"settled": False}, ["not everything was judged in time"]),
        ({}, ["not everything was judged in time"]),
        ({"settled": True, "missing": ["/w/gone"]}, ["/w/gone does not exist or cannot be read"]),
        ({"settled": True, "missing_shards": ["api 2/3"]}, ["results of shard api 2/3 are missing"]),
        ({"settled": True, "config_errors": ["x: no such key"]}, ["x: no such key"]),
        ({"settled": True, "missing": "of another type"}, []),
    ],
)
def test_whatever_is_missing_is_a_reason(meta, reasons):
    assert unproved(meta) == reasons


def test_nothing_heavy_is_imported():
    program = (
        "import sys; old = {*sys.modules}; import dev_assistant.report.proof; print(*{*sys.modules} - old)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "dev_assistant.report.proof" in done.stdout
    assert not {"msgspec", "pydantic", "dev_assistant.model"} & set(done.stdout.split())
