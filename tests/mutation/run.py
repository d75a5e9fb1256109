#!/usr/bin/env python3
"""Breaks the checkers and their verifier one rule at a time, and shows that some test notices.

A mutant is an entry of the tables beside this file: a text that occurs exactly once in a source file, what it is
replaced by, what that breaks, and the tests that must fail then. Each mutant is made in a folder of its own under the
build folder, never in the sources: the changed file alone is compiled, with the command that built the real one, and
linked in front of the libraries into the named test programs, so the build folder has to be up to date (./dev mutants
sees to it).

The result is a table in Markdown. Exit status 1 if a mutant survives, no longer compiles, or is no longer found exactly
once: then either a test is missing, or the code is redundant, or the table is out of date.
"""

import argparse
import concurrent.futures
import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import threading
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GIB = 1 << 30


class Stale(Exception):
    """The table no longer fits the sources."""


@dataclass
class Mutant:
    name: str
    file: str
    find: str
    replace: str
    breaks: str
    tests: list
    sample: bool = False

    def changed_source(self):
        path = ROOT / self.file
        source = path.read_text(encoding="utf-8") if path.exists() else ""
        count = source.count(self.find)
        if count != 1:
            raise Stale(f"its text occurs {count} times in {self.file}")
        return source.replace(self.find, self.replace)


@dataclass
class Outcome:
    mutant: Mutant
    noticed_by: str = ""
    problem: str = ""
    seconds: float = 0
    log: str = field(default="", repr=False)


def load_tables():
    mutants = []
    for path in sorted(HERE.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        defaults = {key: table[key] for key in ("file", "tests") if key in table}
        for entry in table["mutant"]:
            # TOML drops the line end behind the opening quotes; the one before the closing ones is no part of the text.
            texts = {key: entry[key].removesuffix("\n") for key in ("find", "replace")}
            mutants.append(Mutant(**{**defaults, **entry, **texts}))
    names = [mutant.name for mutant in mutants]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        sys.exit(f"mutants of one name: {', '.join(repeated)}")
    return mutants


class Build:
    """What the build folder knows: how to compile a file, what depends on a header, how a program is linked."""

    def __init__(self, folder):
        self.folder = folder.resolve()
        entries = json.loads((self.folder / "compile_commands.json").read_text(encoding="utf-8"))
        self.commands = {}  # by object
        for entry in entries:
            command = shlex.split(entry["command"])
            self.commands[command[command.index("-o") + 1]] = {"file": entry["file"], "command": command}
        self.lock = threading.Lock()
        self.links, self.dependents = {}, None

    def ninja(self, *arguments):
        command = ["ninja", "-C", self.folder, "--quiet", "-t", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def objects_of(self, file):
        """The objects that are compiled from a source file, or from all that include a header."""
        path = str(ROOT / file)
        direct = [output for output, entry in self.commands.items() if entry["file"] == path]
        if direct:
            return direct
        with self.lock:
            if self.dependents is None:
                self.dependents = {}
                target = None
                for line in self.ninja("deps").splitlines():
                    if line and not line.startswith(" "):
                        target = line.split(":")[0]
                    elif line:
                        self.dependents.setdefault(os.path.normpath(self.folder / line.strip()), []).append(target)
        return self.dependents.get(path, [])

    def link_command(self, program):
        with self.lock:
            if program not in self.links:
                last = self.ninja("commands", "-s", f"bin/test_{program}").strip()
                self.links[program] = shlex.split(last.split(" && ")[1])
            return list(self.links[program])

    def compile(self, output, mutant, scratch):
        """Compiles one object with the changed file in place of the real one; its path, or a problem."""
        command = self.commands[output]["command"]
        changed, target = scratch / mutant.file, scratch / output
        target.parent.mkdir(parents=True, exist_ok=True)
        real = str(ROOT / mutant.file)
        command = [str(changed) if word == real else word for word in command if word != "-Werror"]
        # Compiling takes longer than the tests.
        command = ["-O1" if word in ("-O2", "-O3") else word for word in command]
        command[command.index("-o") + 1] = str(target)
        compiler = next(i for i, word in enumerate(command) if word.startswith("-"))
        command[compiler:compiler] = ["-w", "-I", str(scratch)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        return target, done.stderr if done.returncode != 0 else ""

    def link(self, program, objects, scratch):
        """Links a test program with the changed objects; its path, or a problem."""
        command = self.link_command(program)
        own = [word for word in command if word in objects]
        archives = {os.path.basename(word) for word in command if word.endswith(".a")}
        placed = set(own)
        added = []
        for name, path in objects.items():
            library = re.search(r"CMakeFiles/(\w+)\.dir/", name).group(1)
            if name not in placed and f"lib{library}.a" in archives:
                added.append(str(path))
        if not own and not added:
            return None, f"test_{program} does not link it"
        command = [str(objects.get(word, word)) for word in command]
        target = scratch / f"test_{program}"
        command[command.index("-o") + 1] = str(target)
        first = next(i for i, word in enumerate(command) if word.endswith(".o"))
        command[first:first] = added
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        return target, done.stderr if done.returncode != 0 else ""


def run_tests(program, cases, folder, seconds):
    """The name of the test case that failed, or None if all passed; and what was printed."""
    command = [program, *([cases] if cases else []), "--abort", "--reporter", "xml", "--rng-seed", "1"]

    def limit():
        # Time of the processor, so that a busy machine makes no mutant look as if it never ended.
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (8 * GIB, 8 * GIB))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    end = "failed"
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace",
                              timeout=30 * seconds, preexec_fn=limit)
        printed = done.stdout
        if done.returncode == 0:
            if '<OverallResultsCases successes="0" failures="0"' in printed:
                return "no test of that name", printed
            return None, printed
        if done.returncode < 0:
            end = "crashed"
        if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            end = f"did not end in {seconds} s"
    except subprocess.TimeoutExpired as stopped:
        printed = (stopped.stdout or b"").decode(errors="replace")
        end = "stood still"
    begun = re.findall(r'<TestCase name="([^"]*)"', printed)
    case = begun[-1] if begun else "before the first test case"
    return (case if end == "failed" else f"{case} ({end})"), printed


def parts(test):
    program, _, cases = test.partition(": ")
    return program, cases


def try_mutant(mutant, build, options):
    start = time.monotonic()
    outcome = Outcome(mutant)
    try:
        scratch = build.folder / "mutants" / mutant.name
        (scratch / mutant.file).parent.mkdir(parents=True, exist_ok=True)
        (scratch / mutant.file).write_text(mutant.changed_source(), encoding="utf-8")
        used = {word for test in mutant.tests for word in build.link_command(parts(test)[0])}
        archives = {os.path.basename(word) for word in used}
        outputs = [output for output in build.objects_of(mutant.file)
                   if output in used or f"lib{re.search(r'CMakeFiles/(.*?).dir/', output).group(1)}.a" in archives]
        objects = {}
        for output in outputs:
            objects[output], problem = build.compile(output, mutant, scratch)
            if problem:
                raise Stale("it does not compile:\n" + problem)
        for test in mutant.tests:
            program, cases = parts(test)
            path, problem = build.link(program, objects, scratch)
            if problem:
                raise Stale(f"linking test_{program}: {problem}")
            case, outcome.log = run_tests(path, cases, build.folder, options.seconds)
            path.unlink()
            if case == "no test of that name":
                raise Stale(f"{test}: no such test")
            if case is not None:
                outcome.noticed_by = f"{program}: {case}"
                break
        for path in objects.values():
            path.unlink(missing_ok=True)
    except Stale as stale:
        outcome.problem = str(stale)
    outcome.seconds = time.monotonic() - start
    return outcome


def baseline(tests, build, options):
    """Without any mutant all of them pass; else their failures would say nothing."""
    def one(test):
        program, cases = parts(test)
        return test, run_tests(build.folder / "bin" / f"test_{program}", cases, build.folder, options.seconds)[0]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        failed = [f"{test}: {case}" for test, case in pool.map(one, tests) if case is not None]
    if failed:
        sys.exit("these fail without any mutant:\n  " + "\n  ".join(failed))


def say(text):
    print(text, file=sys.stderr, flush=True)


def report(outcomes):
    print("| mutant | what it breaks | noticed by | seconds |\n|---|---|---|---|")
    for outcome in outcomes:
        mutant = outcome.mutant
        noticed = outcome.noticed_by or "**survived**"
        if outcome.problem:
            noticed = f"**out of date**: {outcome.problem.splitlines()[0]}"
        print(f"| {mutant.name} | {mutant.file}: {mutant.breaks} | {noticed} | {outcome.seconds:.0f} |")
    survived = sum(not outcome.noticed_by and not outcome.problem for outcome in outcomes)
    stale = sum(bool(outcome.problem) for outcome in outcomes)
    noticed = len(outcomes) - survived - stale
    print(f"\n{len(outcomes)} mutants: {noticed} noticed, {survived} survived, {stale} out of date")
    return 1 if survived or stale else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="mutants whose name contains this; may be given often")
    parser.add_argument("--sample", action="store_true", help="only the sample: one or two of each engine")
    parser.add_argument("--list", action="store_true", help="print what there is, and whether each is found exactly once")
    parser.add_argument("--no-baseline", action="store_true", help="the tests are known to pass without a mutant")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=int, default=60, help="a test that works longer has noticed the mutant")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--show", action="store_true", help="print what the failing test printed")
    options = parser.parse_args()
    mutants = load_tables()
    if options.only:
        mutants = [mutant for mutant in mutants if any(text in mutant.name for text in options.only)]
    if options.sample:
        mutants = [mutant for mutant in mutants if mutant.sample]
    if not mutants:
        sys.exit("no mutant of that name")
    if options.list:
        wrong = 0
        for mutant in mutants:
            try:
                mutant.changed_source()
                print(f"{mutant.name}: {mutant.file}: {mutant.breaks}")
            except Stale as stale:
                print(f"{mutant.name}: OUT OF DATE: {stale}")
                wrong = 1
        return wrong
    build = Build(options.build)
    if not options.no_baseline:
        baseline(sorted({test for mutant in mutants for test in mutant.tests}), build, options)
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for outcome in pool.map(lambda mutant: try_mutant(mutant, build, options), mutants):
            outcomes.append(outcome)
            word = outcome.noticed_by or outcome.problem or "SURVIVED"
            say(f"{len(outcomes)}/{len(mutants)} {outcome.mutant.name}: {word} ({outcome.seconds:.0f} s)")
            if options.show:
                say(outcome.log)
    return report(outcomes)


if __name__ == "__main__":
    sys.exit(main())
