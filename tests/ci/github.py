"""A GitHub workflow's ``run`` steps, and the few actions that carry files from one job to the next.

Expressions are not evaluated but looked up: one that nobody has given a value is an error.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


@dataclass(frozen=True)
class Step:
    """What a ``run`` step did."""

    name: str
    status: int
    output: str
    summary: str


@dataclass
class Runner:
    """Runs the jobs of ``workflow`` in their order, each in what ``checkout`` gives, called with the depth.

    ``installs`` are the steps that were not run, ``saved`` what was to be cached.
    """

    workflow: Mapping[str, Any]
    values: Mapping[str, str]
    environ: Mapping[str, str]
    base: Path
    checkout: Callable[[int], Path]
    installs: list[str] = field(default_factory=list)
    saved: list[Path] = field(default_factory=list)

    @property
    def artifacts(self) -> Path:
        return self.base / "artifacts"

    def run(self, job: str) -> list[Step]:
        """The steps of the job, in each part of its matrix up to the first that fails."""
        spec = self.workflow["jobs"][job]
        matrix = spec.get("strategy", {}).get("matrix", {"": [""]})
        ((name, parts),) = matrix.items()

        def steps(part: object) -> list[Step]:
            temp = tempfile.mkdtemp(dir=self.base)
            known = {f"matrix.{name}": str(part), "strategy.job-total": str(len(parts))}
            return list(self._part(spec, {**self.values, **known, "runner.temp": temp}))

        with ThreadPoolExecutor() as pool:
            return [step for done in pool.map(steps, parts) for step in done]

    def _part(self, spec: Mapping[str, Any], values: dict[str, str]) -> Iterator[Step]:
        environ = self._filled({**self.workflow["env"], **spec.get("env", {})}, values)
        values |= {f"env.{name}": value for name, value in environ.items()}
        here = self.base
        for step in spec["steps"]:
            if "if" in step and values[step["if"]] != "true":
                continue
            options = self._filled(step.get("with", {}), values)
            action = step.get("uses", "").partition("@")[0]
            if action == "actions/checkout":
                here = self.checkout(int(options.get("fetch-depth", "1")))
            elif action:
                self._act(action, options, here)
            elif "pip install" in step["run"]:
                self.installs.append(step["run"])
            else:
                more = self._filled(step.get("env", {}), values)
                done = self._shell(step, here, {**environ, **more, "RUNNER_TEMP": values["runner.temp"]})
                yield done
                if done.status:
                    return

    def _act(self, action: str, options: Mapping[str, str], here: Path) -> None:
        match action:
            case "actions/upload-artifact":
                source, target = Path(options["path"]), self.artifacts / options["name"]
                if source.is_dir():
                    shutil.copytree(source, target, dirs_exist_ok=True)
                else:
                    target.mkdir(parents=True)
                    shutil.copy(source, target)
            case "actions/download-artifact":
                for artifact in self.artifacts.glob(options["pattern"]):
                    shutil.copytree(artifact, options["path"], dirs_exist_ok=True)
            case "actions/cache/save":
                self.saved += here.glob(options["path"])
            case _:
                pass  # the platform's own

    def _shell(self, step: Mapping[str, Any], here: Path, environ: Mapping[str, str]) -> Step:
        summary = Path(environ["RUNNER_TEMP"], "summary.md")
        summary.write_text("")
        given = {**self.environ, "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
        done = subprocess.run(
            ["sh", "-e", "-c", step["run"]],
            cwd=here,
            check=False,
            env=given | environ,
            timeout=120,
            text=True,
            capture_output=True,
        )
        return Step(step["name"], done.returncode, done.stdout + done.stderr, summary.read_text())

    def _filled(self, texts: Mapping[str, object], values: Mapping[str, str]) -> dict[str, str]:
        return {
            name: _EXPRESSION.sub(lambda found: values[found[1]], str(text)) for name, text in texts.items()
        }
