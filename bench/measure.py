"""What the scripts of this folder share: generated histories, and both checkers under limits of time and memory.

Needs Python 3.9 and nothing else. Porcupine is fetched and built by Go's own tools; where that fails, the reason is kept and shown.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GIB = 1 << 30


class Run:
    """What became of a program: its output, or why it was stopped."""

    def __init__(self, output, stopped, seconds, peak_bytes, status):
        self.output, self.stopped, self.seconds, self.peak_bytes, self.status = output, stopped, seconds, peak_bytes, status


def resident_bytes(pid):
    """The greatest resident set of a process so far; 0 once it is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def run_limited(command, seconds, limit_bytes):
    """Runs a program, and kills it when it takes more time or resident memory than allowed.

    Resident memory is watched, not the address space limited: Go's runtime reserves far more than it uses.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=output, stderr=errors, start_new_session=True)
        peak, stopped = 0, None
        try:
            while child.poll() is None:
                peak = max(peak, resident_bytes(child.pid))
                passed = time.monotonic() - start
                if peak > limit_bytes:
                    stopped = "memory"
                elif passed > seconds:
                    stopped = "time"
                if stopped:
                    child.kill()
                    child.wait()
                    break
                time.sleep(0.001 if passed < 0.2 else 0.01)
        except BaseException:
            child.kill()
            raise
        passed = time.monotonic() - start
        output.seek(0)
        errors.seek(0)
        text = output.read().decode()
        if child.returncode not in (0, 1, 2) and not stopped:
            problem = errors.read().decode(errors="replace").strip().splitlines()
            stopped = "memory" if child.returncode == -signal.SIGKILL else f"status {child.returncode}: {' '.join(problem[:1])}"
        return Run(text, stopped, passed, peak, child.returncode)


class Answer:
    """A checker's word on one file, or on several together."""

    def __init__(self, verdict, seconds=None, peak_bytes=None, stopped=None, total=None, verdicts=None):
        self.verdict = verdict        # holds, violated, unknown
        self.seconds = seconds        # of checking alone
        self.peak_bytes = peak_bytes
        self.stopped = stopped        # why there is no verdict
        self.total = total            # ours: with the certificate built and verified
        self.verdicts = verdicts or {}  # by file


def summary_of(reports):
    """One verdict over several files: as the exit status has it, violated beats unknown beats holds."""
    found = {report["verdict"] for report in reports}
    return next((verdict for verdict in ("violated", "unknown") if verdict in found), "holds")


def by_lines(text):
    """The JSON objects of a text, one a line; a last line that was cut off is dropped."""
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


class Kasauti:
    def __init__(self, program):
        self.program = program

    def check(self, files, seconds, limit_bytes, more=()):
        """Checks files one after the other in one process."""
        command = [self.program, "check", *map(str, files), "--model", "linearizable", "--report", "json", "--quiet",
                   "--timeout", f"{seconds}s", "--memory", str(limit_bytes), *more]
        # Its own limits are what is measured; ours only keep the machine alive.
        run = run_limited(command, len(files) * seconds + 60, int(limit_bytes * 1.5))
        reports = list(by_lines(run.output))
        if run.stopped or len(reports) != len(files):
            return Answer("unknown", None, run.peak_bytes, run.stopped or "no report")
        passes = [(part["name"], part["seconds"]) for report in reports for part in report["passes"]]
        causes = [model["cause"] for report in reports for model in report["models"] if model.get("cause")]
        return Answer(summary_of(reports), sum(spent for name, spent in passes if name == "check"),
                      max(report["peak_bytes"] for report in reports), causes[0] if causes else None,
                      sum(spent for name, spent in passes if name not in ("read", "lint")),
                      {report["file"]: report["verdict"] for report in reports})

    def generate(self, path, kind, ops, clients, keys=1, info=0.0, seed=1, violate="none", more=()):
        command = [self.program, "generate", kind, "--ops", str(ops), "--clients", str(clients), "--keys", str(keys),
                   "--info", f"{100 * info:g}%", "--seed", str(seed), "--violate", violate, *map(str, more)]
        with open(path, "wb") as out:
            done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {done.stderr.decode().strip()}")
        return path


class Porcupine:
    """Porcupine behind the driver in bench/porcupine, if it can be built here; else `missing` says why not."""

    def __init__(self, build_folder):
        self.missing, self.program, self.test_data = None, None, None
        source = ROOT / "bench" / "porcupine"
        if shutil.which("go") is None:
            self.missing = "Go is not installed"
            return
        program = Path(build_folder) / "bench-porcupine"
        built = subprocess.run(["go", "build", "-o", str(program), "."], cwd=source, capture_output=True, text=True, check=False)
        if built.returncode != 0:
            self.missing = "it can't be built: " + " ".join(built.stderr.split())[:300]
            return
        self.program = str(program)
        where = subprocess.run(["go", "list", "-m", "-f", "{{.Dir}}", "github.com/anishathalye/porcupine"], cwd=source,
                               capture_output=True, text=True, check=False).stdout.strip()
        self.test_data = Path(where) / "test_data" if where else None

    def check(self, files, seconds, limit_bytes):
        run = run_limited([self.program, "-timeout", f"{seconds}s", *map(str, files)], len(files) * seconds + 60, limit_bytes)
        reports = list(by_lines(run.output))
        if run.stopped or len(reports) != len(files):
            return Answer("unknown", None, run.peak_bytes, run.stopped or "no report")
        peak = max(report["peak_bytes"] for report in reports)
        problems = [report["problem"] for report in reports if report.get("problem")]
        verdict = summary_of(reports)
        stopped = problems[0] if problems else "time" if verdict == "unknown" else None
        return Answer(verdict, sum(report["seconds"] for report in reports), peak, stopped,
                      verdicts={report["file"]: report["verdict"] for report in reports})


def repeated(check, most=3, patience=5.0):
    """The answer with the median time of some runs; one run where it takes longer than our patience."""
    answers = []
    start = time.monotonic()
    while len(answers) < most and (not answers or time.monotonic() - start < patience):
        answers.append(check())
        if answers[-1].seconds is None:
            return answers[-1]
    middle = statistics.median_low([answer.seconds for answer in answers])
    return next(answer for answer in answers if answer.seconds == middle)


def find_kasauti(given):
    """The program to measure: the one given, or that of the release build."""
    program = Path(given) if given else ROOT / "build" / "release" / "bin" / "kasauti"
    if not os.access(program, os.X_OK):
        raise SystemExit(f"{program} is not there; build it with: cmake --preset release && cmake --build build/release -j")
    return Kasauti(str(program.resolve()))


def seconds_text(seconds):
    if seconds is None:
        return "–"
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def bytes_text(count):
    if not count:
        return "–"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.2f} GB"


class Table:
    """Markdown, a row at a time, so that a long run shows what it has."""

    def __init__(self, *columns):
        self.columns = len(columns)
        self.row(*columns)
        print("|" + "---|" * self.columns, flush=True)

    def row(self, *cells):
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def say(text):
    print(text, file=sys.stderr, flush=True)
