"""Runs the mutants, and says what noticed them."""

import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tree import ENVIRONMENT, MET_ENVIRONMENT, TARGETS

# A mutant that hangs costs as many times the processor seconds of the unchanged program, and some more.
PATIENCE = 4
GRACE_SECONDS = 10
# One that waits instead of computing.
WALL_FACTOR = 10
MEMORY_BYTES = 8 << 30
# Most mutants are found within the first hundreds of seeds, and a hang should not cost the bound of all.
SEED_STEPS = [200, 2_000, 20_000, 200_000]
PROCESSES = 2
MAXIMUM_LINES = 100_000
# What a result depends on. The unit suites do not use the simulation.
CODE = r"Package[.]swift|Sources/"
DEPENDENCIES = {
    "simulation": re.compile(CODE),
    "units": re.compile(CODE + rf"(?!Simulation/|relsweep-torture/)|Tests/(TestSupport|({'|'.join(TARGETS)})Tests)/"),
}


class Results:
    """A file to which each result is appended, so that an interrupted scoring resumes.

    A result counts for the code that it was found with: the digest of the Swift files that it depends on.
    """

    def __init__(self, path, digests):
        self.path, self.digests = path, digests
        self.lock = threading.Lock()
        self.found = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    try:
                        self._take(json.loads(line))
                    except ValueError:
                        pass  # cut by the interruption

    def _take(self, result):
        if result["digest"] == self.digests[result["against"]]:
            self.found[(result["name"], result["against"])] = result

    def of(self, name, against):
        return self.found.get((name, against))

    def add(self, result):
        result["digest"] = self.digests[result["against"]]
        with self.lock:
            self._take(result)
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")


class Ended:
    def __init__(self, status, output, seconds, timed_out, noticed):
        self.status, self.output, self.seconds = status, output, seconds
        self.timed_out, self.noticed = timed_out, noticed

    @property
    def is_failure(self):
        return self.status != 0 or self.noticed is not None

    @property
    def how(self):
        if self.timed_out or self.status == -signal.SIGXCPU:
            return "does not end"
        return f"ends by signal {-self.status}" if self.status < 0 else f"exit {self.status}"


def run(command, number, processor_seconds, failure=None, met=None):
    """Runs a command as the mutant of a number, within bounds of time and memory.

    With number -1 it runs as it is, and lists in the file `met` the mutants whose place it came to.

    It is ended at the first line of output in which the pattern `failure` is found.
    """
    def bounds():
        os.setsid()
        os.nice(NICE)
        limit = int(processor_seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", NO_COLOR="1")
    environment[ENVIRONMENT] = str(number)
    if met:
        environment[MET_ENVIRONMENT] = met
    with tempfile.TemporaryDirectory(prefix="mutant-", ignore_cleanup_errors=True) as folder:
        # What a mutant leaves behind is deleted with the folder.
        environment["TMPDIR"] = folder
        before = time.monotonic()
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, preexec_fn=bounds, text=True, errors="replace")
        late = threading.Event()

        def end():
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

        def end_late():
            late.set()
            end()
        timer = threading.Timer(WALL_FACTOR * (processor_seconds + GRACE_SECONDS), end_late)
        timer.start()
        lines, noticed = [], None
        try:
            for line in process.stdout:
                if len(lines) < MAXIMUM_LINES:
                    lines.append(line)
                if failure and noticed is None and (noticed := failure.search(line)):
                    end()
        finally:
            timer.cancel()
            end()
            process.wait()
        return Ended(process.returncode, "".join(lines), time.monotonic() - before, late.is_set(), noticed)


NICE = 10


class Simulation:
    """`relsweep-torture` over seeds from 1 on; it ends at the first that breaks an invariant."""

    name = "simulation"

    def __init__(self, tree, seeds, digest, say):
        self.program, self.seeds, self.say = tree.program("relsweep-torture"), seeds, say
        self.met_path = os.path.join(tree.directory, f"met-{digest}-{seeds}")
        self.seconds_per_seed = None

    def prepare(self, sites):
        count = min(self.seeds, 400)
        ended, seconds = self._run(0, 1, count, 3600)
        if ended.status != 0:
            raise SystemExit(f"the unchanged program does not pass {count} seeds: {ended.output[-2000:]}")
        self.seconds_per_seed = seconds / count
        self.say(f"simulation: {self.seconds_per_seed * 1000:.1f} ms a seed")
        # A mutant in code that no world executes changes nothing: it need not run.
        self.met = {}
        if os.path.exists(self.met_path):
            with open(self.met_path, encoding="utf-8") as file:
                self.met = json.load(file)
        unknown = [site.number for site in sites if str(site.number) not in self.met]
        if unknown:
            found = self.met_path + ".new"
            command = [self.program, "--seeds", str(self.seeds), "--workers", str(PROCESSES)]
            ended = run(command, -1, 2 * PATIENCE * self.seconds_per_seed * self.seeds + 600, met=found)
            if ended.status != 0:
                raise SystemExit(f"the unchanged program does not pass {self.seeds} seeds: {ended.output[-2000:]}")
            with open(found, encoding="utf-8") as file:
                places = {int(line) for line in file}
            os.remove(found)
            self.met.update((str(number), number in places) for number in unknown)
            with open(self.met_path, "w", encoding="utf-8") as file:
                json.dump(self.met, file)
        count = sum(self.met[str(site.number)] for site in sites)
        self.say(f"simulation: {self.seeds} seeds come to the places of {count} of {len(sites)} mutants")

    def _run(self, number, first, count, bound):
        before = os.times()
        command = [self.program, "--first-seed", str(first), "--seeds", str(count), "--workers", "1"]
        ended = run(command, number, bound)
        after = os.times()
        return ended, after.children_user + after.children_system - before.children_user - before.children_system

    def test(self, site, known):
        """The result of a mutant; what is known is not tried again."""
        if not self.met[str(site.number)]:
            return {"killed": False, "how": "", "met": False, "seeds": self.seeds, "seconds": 0}
        first = known["seeds"] + 1 if known else 1
        steps = [step for step in SEED_STEPS if first <= step < self.seeds] + [self.seeds]
        seconds = 0.0
        for last in steps:
            count = last - first + 1
            bound = PATIENCE * self.seconds_per_seed * count + GRACE_SECONDS
            ended, _ = self._run(site.number, first, count, bound)
            seconds += ended.seconds
            if ended.is_failure:
                found = re.search(r"^seed (\d+): (.*)$", ended.output, re.M)
                trapped = re.search(r"^trapped; replay: .*--seed (\d+)", ended.output, re.M)
                how = f"seed {found.group(1)}: {found.group(2)}" if found else \
                    f"seed {trapped.group(1)}: traps" if trapped else ended.how
                return {"killed": True, "how": how[:300], "seeds": last, "seconds": round(seconds, 1)}
            first = last + 1
        return {"killed": False, "how": "", "met": True, "seeds": self.seeds, "seconds": round(seconds, 1)}

    def is_settled(self, known):
        return known is not None and (known["killed"] or known["seeds"] >= self.seeds)


class Units:
    """The unit suites of the targets that decide."""

    name = "units"
    # Sockets and processes: they test no decision, and take most of the time.
    skipped = "RunningTests[.](Curl|ServiceNotifier|Signals|JobLock)"
    # The first issue is enough: the rest of the suite need not run.
    failure = re.compile(r"^\S*✘\S* Test (.*?) (?:recorded an issue|failed after)")

    def __init__(self, tree, say):
        self.bundle, self.say = tree.bundle(), say
        self.seconds = {}

    def prepare(self, sites):
        for target in TARGETS:
            before = os.times()
            ended = self._run(0, target, 3600)
            after = os.times()
            if ended.is_failure:
                raise SystemExit(f"{target}Tests fail on the unchanged program:\n{ended.output[-4000:]}")
            self.seconds[target] = (after.children_user + after.children_system
                                    - before.children_user - before.children_system)
        self.say("unit suites: " + ", ".join(
            f"{target} {seconds:.1f} s" for target, seconds in self.seconds.items()))

    def _run(self, number, target, bound):
        command = [self.bundle, "--testing-library", "swift-testing", "--filter", f"^{target}Tests[.]",
                   "--skip", self.skipped]
        return run(command, number, bound, failure=self.failure)

    def test(self, site, known):
        seconds = 0.0
        # Its own suite first; those before it in the pipeline do not contain the mutant.
        for target in TARGETS[TARGETS.index(site.target):]:
            ended = self._run(site.number, target, PATIENCE * self.seconds[target] + GRACE_SECONDS)
            seconds += ended.seconds
            if ended.is_failure:
                how = f"{target}Tests: " + (ended.noticed.group(1) if ended.noticed else ended.how)
                return {"killed": True, "how": how[:300], "seconds": round(seconds, 1)}
        return {"killed": False, "how": "", "seconds": round(seconds, 1)}

    def is_settled(self, known):
        return known is not None


def score(sites, runners, results, say):
    """Runs each mutant that has no result yet against each test runner."""
    work = []
    for runner in runners:
        for site in sites:
            known = results.of(site.name, runner.name)
            if not runner.is_settled(known):
                work.append((runner, site, known))
    prepared = {runner for runner, site, known in work}
    for runner in runners:
        if runner in prepared:
            runner.prepare([site for one, site, known in work if one is runner])
    done = 0

    def one(item):
        nonlocal done
        runner, site, known = item
        result = runner.test(site, known)
        results.add(dict(name=site.name, against=runner.name, original=site.original, mutated=site.mutated, **result))
        done += 1
        say(f"{done}/{len(work)} {runner.name}: {site.name}: {result['how'] if result['killed'] else 'SURVIVED'}")

    with ThreadPoolExecutor(PROCESSES) as pool:
        for _ in pool.map(one, work):
            pass
