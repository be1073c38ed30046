"""What a run costs beside the same job as a polars script (job.py): whole processes, in turns, on the same files.

    npm run bench:polars -- --patients 100000 [--runs 3] [--data DIR]

Processor seconds (user and system), wall seconds and peak memory of each; medians and the ratio of processor seconds. polars takes
as many threads as there are cores, and as much memory as it likes.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "interop"))

from interop import PYTHON, RUN_DATE, make_environment  # noqa: E402

MAIN = str(REPOSITORY / "dist" / "cli" / "main.js")
MEBIBYTE = 1 << 20


def measure(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Processor seconds, wall seconds and peak MiB of a process that ends well."""
    began = time.monotonic()
    child = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024 / MEBIBYTE


def main() -> None:
    parser = argparse.ArgumentParser(description="a run beside the same job in polars")
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--data", type=Path)
    settings = parser.parse_args()
    make_environment()
    with tempfile.TemporaryDirectory(prefix="tallystick-polars-") as work:
        folder = Path(work)
        data = settings.data or folder / "data"
        if settings.data is None:
            size = ["--patients", str(settings.patients), "--seed", "7", "--run-date", RUN_DATE]
            subprocess.run(["node", MAIN, "synth", *size, "--out", str(data), "--quiet"], check=True, stdout=subprocess.DEVNULL)
        keys = {name: folder / f"{name}.key" for name in ("linkage", "release")}
        for file in keys.values():
            file.touch(mode=0o600)
            file.write_bytes(os.urandom(32))
        environment = {
            "TALLYSTICK_DATA": str(data),
            "TALLYSTICK_KEY_FILE": str(keys["linkage"]),
            "TALLYSTICK_RELEASE_KEY_FILE": str(keys["release"]),
        }
        out = folder / "out"
        pipeline = str(REPOSITORY / "pipelines" / "nightly.yaml")
        ways = {
            "tallystick run": ["node", MAIN, "run", pipeline, "--run-date", RUN_DATE, "--out", str(out), "--quiet", "--memory", "1GiB"],
            "polars script": [
                str(PYTHON), str(HERE / "job.py"), str(data), str(out),
                str(REPOSITORY / "pipelines" / "sensitive-codes.csv"), str(keys["linkage"]),
            ],
        }  # fmt: skip
        measured: dict[str, list[tuple[float, float, float]]] = {way: [] for way in ways}
        for turn in range(settings.runs + 1):
            for way, command in ways.items():
                shutil.rmtree(out, ignore_errors=True)
                one = measure(command, environment)
                if turn > 0:  # the first of each brings files and code into memory
                    measured[way].append(one)
        medians = {way: [statistics.median(figure) for figure in zip(*some)] for way, some in measured.items()}
    print("| | processor s | wall s | peak MiB |\n|---|---:|---:|---:|")
    for way, (processor, wall, peak) in medians.items():
        print(f"| {way} | {processor:.2f} | {wall:.2f} | {peak:.0f} |")
    ratios = [run[0] / script[0] for run, script in zip(*measured.values())]
    print(f"\nprocessor time, run / script: {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})")


if __name__ == "__main__":
    main()
