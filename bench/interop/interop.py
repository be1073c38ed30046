"""Does Arrow as tallystick writes it mean the same to everyone who reads it?

`npm run test:interop`: runs the nightly pipeline on the fixtures into a temporary folder, opens every published file with pyarrow,
polars and DuckDB, and compares what they see with one another and with manifest.json and data-dictionary.json. One line a file;
ends with 1 on any difference, and names it.

It makes a virtual environment of its own (.venv-interop) with pinned versions, and needs python3 with pip or ensurepip.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
ENVIRONMENT = REPOSITORY / ".venv-interop"
PYTHON = ENVIRONMENT / "bin" / "python"
REQUIREMENTS = HERE / "requirements.txt"
# A copy of the requirements that were installed: only a finished environment has one.
INSTALLED = ENVIRONMENT / "installed.txt"
RUN_DATE = "2026-04-01"


def make_environment() -> None:
    """Makes the virtual environment, unless it is there with these very versions."""
    if INSTALLED.exists() and INSTALLED.read_text() == REQUIREMENTS.read_text():
        return
    print(f"making {ENVIRONMENT.name} with {', '.join(REQUIREMENTS.read_text().split())}", file=sys.stderr)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    # Debian splits ensurepip off; the pip that is there can install into another environment just as well.
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    if not has_ensurepip and importlib.util.find_spec("pip") is None:
        sys.exit("python3 has neither pip nor ensurepip: install python3-venv")
    venv.create(ENVIRONMENT, with_pip=has_ensurepip)
    pip = [str(PYTHON), "-m", "pip"] if has_ensurepip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    options = ["--quiet", "--disable-pip-version-check", "--requirement", str(REQUIREMENTS)]
    subprocess.run([*pip, "install", *options], check=True)
    shutil.copyfile(REQUIREMENTS, INSTALLED)


def publish_fixtures(work: Path) -> Path:
    """Runs the nightly pipeline with throw-away keys; returns the directory of the published run."""
    keys = {"TALLYSTICK_KEY_FILE": work / "linkage.key", "TALLYSTICK_RELEASE_KEY_FILE": work / "release.key"}
    for file in keys.values():
        file.touch(mode=0o600)
        file.write_bytes(os.urandom(32))
    main = REPOSITORY / "dist" / "cli" / "main.js"
    pipeline = REPOSITORY / "pipelines" / "nightly.yaml"
    out = work / "out"
    subprocess.run(
        ["node", str(main), "run", str(pipeline), "--run-date", RUN_DATE, "--out", str(out), "--quiet", "--json"],
        env={**os.environ, **{name: str(file) for name, file in keys.items()}},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return (out / "nightly" / "latest").resolve()


def main() -> int:
    if Path(sys.prefix) != ENVIRONMENT:
        make_environment()
        return subprocess.run([str(PYTHON), str(Path(__file__).resolve())], check=False).returncode

    from compare import compare_run  # only the virtual environment has what it imports

    with tempfile.TemporaryDirectory(prefix="tallystick-interop-") as work:
        return 1 if compare_run(publish_fixtures(Path(work))) > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
