"""The mutated copy of the tree: which mutants are in it, and building it until all of them compile."""

import collections
import fnmatch
import hashlib
import json
import os
import re
import subprocess
import sys

import rules

# Code that decides. What touches the system, by import or through a shell of its own target, is left out.
# In the order of the pipeline: a target is built from those before it.
TARGETS = ["ZohoAPI", "Planning", "Chunking", "Journaling", "Execution", "Running"]
SHELL = re.compile(
    r"^\s*(\w+ )?import (SystemCalls|Glibc|Dispatch|CCurl|Synchronization|Foundation)\b"
    r"|\b[Cc]url\b|\bCurl[A-Z]\w+|\bRunDirectory\b", re.M)
# It decides, and has only the type of its times from SystemCalls.
DECIDES = ["Sources/Running/Tokens/TokenRecord.swift"]
COPIED = ["Package.swift", "Sources", "Tests", "config", "jobs"]
SWITCH = "MutantSwitch"
ENVIRONMENT = "RELSWEEP_MUTANT"
# More than are asked for: some will not compile.
SPARE = 1.2
BUILD_ROUNDS = 20

# Where the program as it is writes the numbers of the mutants whose place it came to.
MET_ENVIRONMENT = "RELSWEEP_MUTANTS_MET"

HEADER = """\
#include <stdbool.h>
/// Whether the mutant of this number runs, as %s says; 0 chooses the program as it is, and -1 that one too, with a list
/// of the numbers that were asked for.
static inline bool relsweepMutant(int number) {
    extern int relsweepActiveMutant;
    extern void relsweepNoteMet(int);
    if (__builtin_expect(relsweepActiveMutant < 0, 0)) relsweepNoteMet(number);
    return relsweepActiveMutant == number;
}
""" % ENVIRONMENT
C_SOURCE = """\
#include <stdio.h>
#include <stdlib.h>
#include "MutantSwitch.h"
#define SLOTS (1u << 16)
int relsweepActiveMutant = 0;
static int met[SLOTS];
void relsweepNoteMet(int number) {
    for (unsigned slot = (unsigned)number %% SLOTS;; slot = (slot + 1) %% SLOTS) {
        int there = __atomic_load_n(&met[slot], __ATOMIC_RELAXED);
        if (there == number) return;
        if (there == 0 && __sync_bool_compare_and_swap(&met[slot], 0, number)) return;
        if (met[slot] == number) return;
    }
}
__attribute__((constructor)) static void readNumber(void) {
    const char *text = getenv("%s");
    if (text) relsweepActiveMutant = atoi(text);
}
__attribute__((destructor)) static void writeMet(void) {
    const char *path = getenv("%s");
    FILE *file = relsweepActiveMutant < 0 && path ? fopen(path, "w") : NULL;
    if (!file) return;
    for (unsigned slot = 0; slot < SLOTS; slot++) if (met[slot]) fprintf(file, "%%d\\n", met[slot]);
    fclose(file);
}
""" % (ENVIRONMENT, MET_ENVIRONMENT)
# Only what the scoring runs, so that nothing else is built.
PACKAGE = """
let mutated: Set<String> = [%(targets)s]
let wanted: Set<String> = [%(tests)s, "relsweep-torture"]
var needed: Set<String> = []
@MainActor func need(_ name: String) {
    guard needed.insert(name).inserted,
        let target = package.targets.first(where: { $0.name == name })
    else { return }
    for dependency in target.dependencies {
        switch dependency {
        case .byNameItem(let name, _), .targetItem(let name, _): need(name)
        default: break
        }
    }
}
for name in wanted { need(name) }
package.products.removeAll()
package.targets.removeAll { !needed.contains($0.name) }
package.targets.append(.target(name: "%(switch)s", path: "Sources/%(switch)s"))
for target in package.targets where mutated.contains(target.name) {
    target.dependencies.append("%(switch)s")
}
"""


class Tree:
    def __init__(self, root, directory):
        self.root, self.directory = root, directory
        self.path = os.path.join(directory, "tree")
        self.build_path = os.path.join(directory, "build")
        self.sites = self._all_sites()

    def _all_sites(self):
        found = []
        for target in TARGETS:
            folder = os.path.join(self.root, "Sources", target)
            for parent, folders, names in sorted(os.walk(folder)):
                for name in sorted(names):
                    path = os.path.join(parent, name)
                    if not name.endswith(".swift"):
                        continue
                    with open(path, encoding="utf-8") as file:
                        text = file.read()
                    relative = os.path.relpath(path, self.root)
                    if SHELL.search(text) and relative not in DECIDES:
                        continue
                    for site in rules.sites(text):
                        site.target, site.file = target, relative
                        site.name = f"{name.removesuffix('.swift')}:{site.name}"
                        found.append(site)
        # Files of two targets may have one name.
        count = collections.Counter(site.name for site in found)
        for site in found:
            if count[site.name] > 1:
                site.name = f"{site.target}/{site.name}"
        return found

    # The sample

    def sample(self, count, seed, only=None):
        """The sites to compile, in order of rank within their target and rule, and each group's share.

        Where nothing in the sample has the name `only`, all sites of that name, and no shares.
        A share is in proportion to the group's sites. The rank is a digest of seed and name, so that other sites
        stay in the sample where one comes or goes.
        """
        def matches(site):
            return only is None or site.name == only or fnmatch.fnmatch(site.name, only)
        groups = {}
        for site in self.sites:
            groups.setdefault((site.target, site.rule), []).append(site)
        shares = proportional({key: len(group) for key, group in groups.items()}, count)
        chosen = []
        for key, group in sorted(groups.items()):
            group.sort(key=lambda site: hashlib.sha256(f"{seed} {site.name}".encode()).digest())
            wanted = round(shares[key] * SPARE) + 1
            add_compatible(chosen, group, wanted)
        if only and not any(map(matches, chosen)):
            chosen = []
            add_compatible(chosen, filter(matches, self.sites), len(self.sites))
            shares = None
        return chosen, shares

    # Rendering

    def write(self, chosen):
        """Copies the tree with all of the chosen mutants in it; returns, by path, where each is."""
        by_file = {}
        for site in chosen:
            site.number = number_of(site)
            by_file.setdefault(site.file, []).append(site)
        if len({site.number for site in chosen}) < len(chosen):
            sys.exit("two mutants have the same number: choose another --seed")
        kept = {"Sources/" + SWITCH}
        places = {}
        for path in self._tracked():
            kept.add(path)
            with open(os.path.join(self.root, path), "rb") as file:
                content = file.read()
            if path == "Package.swift":
                content += self._package().encode()
            elif path in by_file:
                text, places[path] = render(content.decode(), by_file[path])
                content = text.encode()
            write_if_changed(os.path.join(self.path, path), content)
        folder = os.path.join(self.path, "Sources", SWITCH)
        write_if_changed(os.path.join(folder, "include", SWITCH + ".h"), HEADER.encode())
        write_if_changed(os.path.join(folder, SWITCH + ".c"), C_SOURCE.encode())
        self._remove_others(kept)
        return places

    def _tracked(self):
        for name in COPIED:
            full = os.path.join(self.root, name)
            if os.path.isfile(full):
                yield name
            for parent, folders, names in os.walk(full):
                folders[:] = [folder for folder in folders if folder != "__pycache__"]
                for found in names:
                    yield os.path.relpath(os.path.join(parent, found), self.root)

    def _remove_others(self, kept):
        for top in ("Sources", "Tests"):
            for parent, folders, names in os.walk(os.path.join(self.path, top)):
                for name in names:
                    path = os.path.relpath(os.path.join(parent, name), self.path)
                    if path not in kept and not path.startswith(f"Sources/{SWITCH}/"):
                        os.remove(os.path.join(self.path, path))

    def _package(self):
        def quoted(names):
            return ", ".join(f'"{name}"' for name in names)
        return PACKAGE % {"targets": quoted(TARGETS), "tests": quoted(f"{name}Tests" for name in TARGETS),
                          "switch": SWITCH}

    # Building

    def compiling(self, chosen):
        """Without the sites that an earlier build has refused."""
        with open(os.path.join(self.directory, "refused.jsonl"), "a+", encoding="utf-8") as file:
            file.seek(0)
            refused = {tuple(json.loads(line)) for line in file}
        return [site for site in chosen if key_of(site) not in refused]

    def build(self, chosen, say):
        """Builds until all chosen mutants that are left compile; returns them."""
        chosen = self.compiling(chosen)
        for number in range(1, BUILD_ROUNDS + 1):
            places = self.write(chosen)
            say(f"building with {len(chosen)} mutants, round {number}")
            output = self._swift_build()
            if output is None:
                return chosen
            dropped = self._blamed(output, places, chosen)
            if not dropped:
                sys.exit(f"the mutated tree does not build, and no mutant is to blame:\n{output[-4000:]}")
            for site in dropped:
                say(f"does not compile: {site.name}: {site.original[:60]}")
            with open(os.path.join(self.directory, "refused.jsonl"), "a", encoding="utf-8") as file:
                for site in dropped:
                    file.write(json.dumps(key_of(site)) + "\n")
            chosen = [site for site in chosen if site not in dropped]
        sys.exit(f"the mutated tree does not build after {BUILD_ROUNDS} rounds")

    def _swift_build(self):
        """nil where it builds, else what the compiler says."""
        environment = {name: value for name, value in os.environ.items() if name != "CI"}
        done = subprocess.run(
            ["nice", "-n", "19", "swift", "build", "-c", "release", "--build-tests", "-j", "2",
             "--package-path", self.path, "--scratch-path", self.build_path,
             # What tests import is visible to them in a release build too.
             "-Xswiftc", "-enable-testing", "-Xswiftc", "-suppress-warnings"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        return None if done.returncode == 0 else done.stdout

    def _blamed(self, output, places, chosen):
        """The mutants at which the compiler found errors; else those of the same function or file."""
        blamed = set()
        for path, line, column in re.findall(r"^(/\S+?):(\d+):(\d+): error:", output, re.M):
            path = os.path.relpath(path, self.path)
            found = places.get(path)
            if not found:
                continue
            line, column = int(line), int(column)
            within = [(end - start, site) for site, start, end in found
                      if start <= (line, column) <= end]
            if within:
                blamed.add(min(within, key=lambda pair: pair[0])[1])
                continue
            # What is missing is reported at the end of a function, or where a value is used.
            before = [site for site, start, end in found if start <= (line, column)]
            after = [site for site, start, end in found if start > (line, column)]
            near = (before[-1:] or after[:1])[0]
            blamed |= {site for site, start, end in found if site.function == near.function}
        return [site for site in chosen if site in blamed]

    def program(self, name):
        return os.path.join(self.build_path, "release", name)

    def bundle(self):
        folder = os.path.join(self.build_path, "release")
        names = [name for name in os.listdir(folder) if name.endswith(".xctest")]
        if len(names) != 1:
            sys.exit(f"{folder} has {len(names)} test bundles")
        return os.path.join(folder, names[0])

    def digest(self, pattern):
        """Of what a result depends on: the Swift files whose path has this pattern at its beginning."""
        whole = hashlib.sha256()
        for path in sorted(self._tracked()):
            if path.endswith(".swift") and pattern.match(path):
                with open(os.path.join(self.root, path), "rb") as file:
                    whole.update(path.encode() + b"\0" + hashlib.sha256(file.read()).digest())
        return whole.hexdigest()[:16]


def add_compatible(chosen, group, count):
    """Adds the first of a group; of two that overlap, neither within the other, only one can be compiled."""
    by_file = {}
    for site in chosen:
        by_file.setdefault(site.file, []).append(site)
    for site in group:
        if count == 0:
            return
        others = by_file.setdefault(site.file, [])
        if any(site.start < other.start < site.end < other.end or other.start < site.start < other.end < site.end
               for other in others):
            continue
        others.append(site)
        chosen.append(site)
        count -= 1


def key_of(site):
    return (site.file, site.name, site.original)


def number_of(site):
    """A digest of the name: where another mutant goes, files without it stay as they were built."""
    return int.from_bytes(hashlib.sha256(f"{site.file} {site.name}".encode()).digest()[:4], "big") >> 2 | 1


def proportional(sizes, count):
    """Shares of `count` in proportion to sizes, by largest remainder."""
    total = sum(sizes.values())
    count = min(count, total)
    exact = {key: count * size / total for key, size in sizes.items()}
    shares = {key: int(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in by_remainder[:count - sum(shares.values())]:
        shares[key] += 1
    return shares


def render(text, sites):
    """The text with all sites in it, and for each site where it begins and ends: (line, column), from 1."""
    sites = sorted(sites, key=lambda site: (site.start, -site.end))
    places = []
    output = []
    length = 0

    def emit(piece):
        nonlocal length
        output.append(piece)
        length += len(piece)

    def region(start, end, index):
        """Emits the text from start to end with the sites from `index` on that are within."""
        place = start
        while index < len(sites) and sites[index].start < end:
            site = sites[index]
            assert place <= site.start and site.end <= end, site.name
            emit(text[place:site.start])
            before, after = site.render("\0", site.number).split("\0")
            begin = length
            emit(before)
            inner_end = region(site.start, site.end, index + 1)
            emit(after)
            places.append((site, begin, length))
            place, index = site.end, inner_end
        emit(text[place:end])
        return index

    emit(f"import {SWITCH}\n")
    region(0, len(text), 0)
    whole = "".join(output)

    def position(offset):
        start = whole.rfind("\n", 0, offset) + 1
        return (whole.count("\n", 0, offset) + 1, len(whole[start:offset].encode()) + 1)
    places = sorted(((site, position(start), position(end)) for site, start, end in places),
                    key=lambda found: found[1])
    return whole, places


def write_if_changed(path, content):
    try:
        with open(path, "rb") as file:
            if file.read() == content:
                return
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
