"""The list of equivalent mutants, and the tables of a score."""

import re

from rules import RULES, one_line
from tree import TARGETS


class Equivalent:
    """Mutants that no test can notice, each with the reason (the file `equivalent`).

    An entry holds for the code that it was written for: where its text has changed, it is named and not applied.
    """

    ENTRY = re.compile(
        r"(?P<name>\S+:\S+:\w+:\d+)\n    code: (?P<code>.*)\n    why: (?P<why>(?:.|\n(?=        ))*)")

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = "\n".join(line.rstrip() for line in file if not line.startswith("#"))
        self.entries = {}
        for entry in re.split(r"\n{2,}", text.strip()):
            if not entry:
                continue
            found = self.ENTRY.fullmatch(entry)
            if not found:
                raise SystemExit(f"{path}: this is no entry (name, code, why):\n{entry}")
            self.entries[found["name"]] = (one_line(found["code"]), one_line(found["why"]))

    def holds(self, site):
        entry = self.entries.get(site.name)
        return entry is not None and entry[0] == site.original

    def outdated(self, sites):
        """Entries whose mutant is not there any more, or has another text."""
        by_name = {site.name: site for site in sites}
        return [name for name in self.entries if name not in by_name or not self.holds(by_name[name])]


def show(site):
    return f"{site.name}\n    {site.file}:{site.line}\n    code: {site.original}\n    mutant: {site.mutated}"


def tables(sites, results, equivalent, against):
    """The text of a score: counts per target and rule, the two shares, and the survivors."""
    counted = [site for site in sites if not equivalent.holds(site)]
    lines = []
    for title, keys, key_of in (("target", TARGETS, lambda site: site.target),
                                ("rule", RULES, lambda site: site.rule)):
        lines.append(f"{title:<12}{'mutants':>8}{'killed':>8}{'by both':>9}{'simulation':>12}"
                     f"{'units':>7}{'survived':>10}{'not run':>9}")
        for key in [*keys, "all"]:
            group = [site for site in counted if key == "all" or key_of(site) == key]
            if group:
                lines.append(f"{key:<12}" + row(group, results, against))
        lines.append("")
    run_sites = [site for site in counted if is_run(site, results, against)]
    killed = [site for site in run_sites if killers(site, results, against)]
    if run_sites:
        lines.append(f"killed: {len(killed)} of {len(run_sites)}, {100 * len(killed) / len(run_sites):.1f} %")
    simulated = [results.of(site.name, "simulation") for site in counted if "simulation" in against]
    simulated = [result for result in simulated if result]
    if simulated:
        count = sum(result["killed"] for result in simulated)
        seeds = min((result["seeds"] for result in simulated if not result["killed"]), default=0)
        lines.append(f"killed by simulation: {count} of {len(simulated)}, {100 * count / len(simulated):.1f} % "
                     f"(survivors within {seeds} seeds)")
        met = sum(result["killed"] or result["met"] for result in simulated)
        lines.append(f"in places that simulation comes to: {met} of {len(simulated)}, {100 * met / len(simulated):.1f} %; "
                     f"of these killed {100 * count / max(1, met):.1f} %")
    lines.append(f"equivalent, left out: {len(sites) - len(counted)}")
    survivors = [site for site in run_sites if site not in killed]
    if survivors:
        lines += ["", "Survivors:", ""] + [
            show(site) + ("" if is_met(site, results) else "\n    no world comes to its place") for site in survivors]
    return "\n".join(lines)


def is_met(site, results):
    result = results.of(site.name, "simulation")
    return result is None or result.get("met", True)


def killers(site, results, against):
    return [name for name in against if (result := results.of(site.name, name)) and result["killed"]]


def is_run(site, results, against):
    """Whether the mutant's fate is known: killed, or tried by all requested test runners."""
    return bool(killers(site, results, against)) or all(results.of(site.name, name) for name in against)


def row(group, results, against):
    fates = [killers(site, results, against) for site in group]
    by_both = sum(len(fate) == 2 for fate in fates)
    simulation = sum(fate == ["simulation"] for fate in fates)
    units = sum(fate == ["units"] for fate in fates)
    not_run = sum(not is_run(site, results, against) for site in group)
    killed = by_both + simulation + units
    return (f"{len(group):>8}{killed:>8}{by_both:>9}{simulation:>12}{units:>7}"
            f"{len(group) - killed - not_run:>10}{not_run:>9}")
