"""The command: see `run`."""

import argparse
import fnmatch
import os
import sys

import scoring
from report import Equivalent, show, tables
from tree import TARGETS, Tree


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/Mutation/run", allow_abbrev=False)
    parser.add_argument("--list", action="store_true", help="print the sample and build nothing")
    parser.add_argument("--table", action="store_true", help="print what the results file has and run nothing")
    parser.add_argument("--only", metavar="NAME", help="mutants of this name or pattern (*), in the sample or not")
    parser.add_argument("--against", choices=["units", "simulation"], help="one of the two; without it, both")
    parser.add_argument("--seeds", type=int, default=2_000, help="worlds of the simulation (default 2000)")
    parser.add_argument("--sample", type=int, default=300, help="number of mutants (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (default 1)")
    parser.add_argument("--target", choices=TARGETS, help="only mutants of this target")
    parser.add_argument("--nice", type=int, default=10, help="of the runs; the build has 19 (default 10)")
    return parser.parse_args()


def selection(tree, options):
    """What is to be compiled, and what of it is scored: the first of each group that compile."""
    compiled, shares = tree.sample(options.sample, options.seed, options.only)

    def scored(sites):
        if shares is None or options.only:
            return sites
        left = dict(shares)
        chosen = []
        for site in sites:
            if left[(site.target, site.rule)] > 0:
                left[(site.target, site.rule)] -= 1
                chosen.append(site)
        return chosen
    return compiled, scored


def main():
    options = arguments()
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    directory = os.path.join(root, ".build-mutation")
    os.makedirs(directory, exist_ok=True)
    tree = Tree(root, directory)
    equivalent = Equivalent(os.path.join(root, "Tests/Mutation/equivalent"))
    for name in equivalent.outdated(tree.sites):
        say(f"equivalent: {name} is not there any more, or has another text")
    compiled, scored = selection(tree, options)
    if not compiled:
        raise SystemExit(f"there is no mutant named {options.only}")

    def is_asked_for(site):
        return options.target in (None, site.target) and (
            not options.only or fnmatch.fnmatch(site.name, options.only))

    def wanted(sites):
        return sorted(filter(is_asked_for, scored(sites)),
                      key=lambda site: (TARGETS.index(site.target), site.file, site.start))
    if options.list:
        for site in wanted(tree.compiling(compiled)):
            print(show(site) + ("\n    equivalent" if equivalent.holds(site) else ""))
        return
    digests = {name: tree.digest(pattern) for name, pattern in scoring.DEPENDENCIES.items()}
    results = scoring.Results(os.path.join(directory, "results.jsonl"), digests)
    against = [options.against] if options.against else ["units", "simulation"]
    if options.table:
        sites = wanted(tree.compiling(compiled))
    else:
        sites = wanted(tree.build(compiled, say))
        scoring.NICE = options.nice
        runners = [scoring.Units(tree, say) if name == "units" else
                  scoring.Simulation(tree, options.seeds, digests["simulation"], say)
                  for name in against]
        scoring.score([site for site in sites if not equivalent.holds(site)], runners, results, say)
    print(tables(sites, results, equivalent, against))


main()
