"""The rules: which places of a source may be changed, how, and what each is called.

A site is a range of the text and its replacement in the mutated program. A name is `file:function:rule:ordinal`, the
ordinal counting the rule's sites within functions of that name, in the order of the text: it does not change when
other code is moved.
"""

import re

from swift_source import ASSIGNMENTS, Source

RULES = ("negate", "boundary", "drop", "swap", "count")
SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
COMPARISONS = {"==", "!=", "===", "!=="} | set(SHIFTED)
BOUND_NAME = re.compile(
    r"max|min|limit|most|least|bound|count|bytes|capacity|attempts|retries|minimum|share|size", re.IGNORECASE)
# The text between these, at one depth, is one logical expression.
SEPARATING_WORDS = {"return", "if", "guard", "while", "where", "in", "else", "case", "let", "var", "try", "throw",
                    "switch", "for", "func", "default"}
# Neither is observable: reserved capacity, and checks of what must hold anyway.
UNNOTICED = re.compile(r"reserveCapacity|precondition|assert|\bfflush\b")


class Site:
    """One mutant.

    `render(inner)` gives the text of both programs, chosen by number; `inner` is the original text of the site, in
    which other mutants may be chosen between already.
    """

    def __init__(self, rule, start, end, original, mutated, render, function):
        self.rule, self.start, self.end = rule, start, end
        self.original, self.mutated = one_line(original), one_line(mutated)
        self.render, self.function = render, function
        self.file = self.target = self.name = self.line = None
        self.number = 0


def one_line(text):
    return re.sub(r"\s+", " ", re.sub(r"//[^\n]*", "", text)).strip()


class Rules:
    def __init__(self, text):
        self.source = Source(text)
        self.text = text
        self.sites = []
        self.function = ""

    def text_of(self, first, last):
        tokens = self.source.tokens
        return self.text[tokens[first].start:tokens[last].end]

    def add(self, rule, first, last, mutated, render):
        tokens = self.source.tokens
        self.sites.append(Site(
            rule, tokens[first].start, tokens[last].end, self.text_of(first, last), mutated, render, self.function))

    def find(self):
        for function in self.source.functions:
            self.function = function.name
            self.uninitialized = set(re.findall(
                r"\b(?:let|var) (\w+): [^=\n{]+\n", self.text_of(function.opening, function.closing)))
            self.expressions(function.opening + 1, function.closing)
            self.blocks(function)
        for name, first, last in self.source.constants:
            self.function = name
            self.named_bound(name, first, last)
            self.expressions(first, last + 1)
        self.sites.sort(key=lambda site: (site.start, -site.end))
        ordinals = {}
        for site in self.sites:
            key = (site.function, site.rule)
            ordinals[key] = ordinals.get(key, 0) + 1
            site.name = f"{site.function}:{site.rule}:{ordinals[key]}"
            site.line = self.text.count("\n", 0, site.start) + 1
        return self.sites

    # Conditions and boundaries

    def expressions(self, start, end):
        """Every logical expression between two tokens, at this depth and within all groups."""
        tokens = self.source.tokens
        first = index = start
        while index < end:
            token = tokens[index]
            next_index = self.source.skip(index)
            is_group = next_index > index + 1
            if is_group:
                # Checks of what must hold anyway are no behaviour.
                before = tokens[index - 1].text if index > 0 else ""
                if not UNNOTICED.search(before):
                    self.expressions(index + 1, tokens[index].match)
            is_block = is_group and token.text == "{" and token.role in ("body", "switch")
            is_ternary = token.text in ("?", ":") and (token.spaced or token.text == ":")
            separates = (
                is_block or is_ternary or token.text in (",", ";", "->")
                or (token.kind == "op" and token.spaced and token.text in ASSIGNMENTS)
                or (token.kind == "word" and token.text in SEPARATING_WORDS))
            new_statement = token.leads and index > first and not self.source._continues(index)
            if new_statement:
                self.logical(first, index - 1, start, "")
                first = index
            if separates:
                self.logical(first, index - 1, start, token.text if not is_block else "{")
                first = next_index
            index = next_index
        self.logical(first, end - 1, start, "")

    def logical(self, first, last, start, ending):
        """An expression without `,`, `=` and ternary operators at its depth: conditions and comparisons in it."""
        if last < first:
            return
        tokens = self.source.tokens
        before = tokens[first - 1].text if first > start else ""
        operands = [[first, None]]
        index = first
        while index <= last:
            if tokens[index].text in ("&&", "||") and tokens[index].spaced:
                operands[-1][1] = index - 1
                operands.append([index + 1, None])
            index = self.source.skip(index)
        operands[-1][1] = last
        is_condition = (
            ending == "?" or len(operands) > 1
            or (ending in ("{", ",", "else") and self.is_clause(first, start)))
        for left, right in operands:
            if right < left or before in ("case", "let", "var", "for", "switch", "->", "func"):
                continue
            comparison = self.comparison(left, right)
            if is_condition or comparison is not None:
                text = self.text_of(left, right)
                if text not in ("true", "false") and not UNNOTICED.search(text):
                    self.add("negate", left, right, f"!({text})",
                             lambda inner, number: f"(({inner}) != relsweepMutant({number}))")
            if comparison is not None and tokens[comparison].text in SHIFTED:
                self.shift(left, comparison, right)

    def comparison(self, left, right):
        index = left
        while index <= right:
            token = self.source.tokens[index]
            if token.kind == "op" and token.spaced and token.text in COMPARISONS:
                return index if left < index < right else None
            index = self.source.skip(index)
        return None

    def is_clause(self, first, start):
        """Whether a clause of `if`, `guard`, `while` or `where` begins here that binds nothing."""
        tokens = self.source.tokens
        index = first - 1
        if index < start or tokens[first].text in ("let", "var", "case") or tokens[first].text[0] == "#":
            return False
        if tokens[index].text in ("if", "guard", "while", "where"):
            return True
        # After a comma: whatever opened the list.
        while index >= start and tokens[index].text == ",":
            index -= 1
            while index >= start:
                token = tokens[index]
                if token.text in ("if", "guard", "while", "where"):
                    return True
                if token.text in ("{", "}") or token.text in ("return", "switch", "for"):
                    if not (token.text == "}" and tokens[token.match].role == "closure"):
                        return False
                if token.text in ("(", "[", "case") and token.text != "case":
                    return False
                index = token.match if token.match is not None and token.match < index else index
                index -= 1
        return False

    def shift(self, left, operator, right):
        tokens = self.source.tokens
        shifted = SHIFTED[tokens[operator].text]
        mutated = self.text[tokens[left].start:tokens[operator].start] + shifted \
            + self.text[tokens[operator].end:tokens[right].end]
        self.add("boundary", left, right, mutated,
                 lambda inner, number: f"(relsweepMutant({number}) ? ({mutated}) : ({inner}))")

    def named_bound(self, name, first, last):
        """`static let maximumRowCount = 1 << 20`, one more."""
        value = self.text_of(first, last)
        if BOUND_NAME.search(name) and re.fullmatch(r"[0-9_]+|[0-9_]+ (<<|\*) [0-9_]+( \* [0-9_]+)?", value):
            mutated = f"{value} + 1" if value.isdigit() or "<<" not in value else f"({value}) + 1"
            self.add("boundary", first, last, mutated,
                     lambda inner, number: f"(relsweepMutant({number}) ? ({mutated}) : ({inner}))")

    # Statements

    def blocks(self, function):
        tokens = self.source.tokens
        for opening in range(function.opening, function.closing):
            token = tokens[opening]
            if token.text != "{" or token.role not in ("body", "switch", "closure"):
                continue
            for statements in self.source.statements(opening):
                # The only one may be the value of its block.
                is_value = len(statements) == 1 and (
                    token.role == "closure" or (opening == function.opening and function.has_result))
                if not is_value:
                    self.drops(statements, function)
                    self.swaps(statements, function)

    def droppable(self, statement, function):
        if statement.kind not in ("assignment", "count", "call"):
            return False
        text = self.text_of(statement.first, statement.last)
        if UNNOTICED.search(text) or text.startswith(("self.init(", "super.")):
            return False
        first = self.source.tokens[statement.first].text
        if first in self.uninitialized:
            return False
        # What an initializer leaves out does not compile.
        if function.kind == "init" and statement.kind == "assignment":
            return False
        return first not in ("defer", "_")

    def drops(self, statements, function):
        for statement in statements:
            if self.droppable(statement, function):
                rule = "count" if statement.kind == "count" else "drop"
                self.add(rule, statement.first, statement.last, "(nothing)",
                         lambda inner, number: f"if !relsweepMutant({number}) {{ {inner} }}")

    def swaps(self, statements, function):
        for one, other in zip(statements, statements[1:]):
            if not (self.droppable(one, function) and self.droppable(other, function)):
                continue
            if not self.depend(one, other):
                continue
            first, second = (self.text_of(found.first, found.last) for found in (one, other))
            self.add("swap", one.first, other.last, f"{second}; {first}",
                     lambda inner, number, first=first, second=second:
                     f"if relsweepMutant({number}) {{ {second}\n{first} }} else {{ {inner} }}")

    def depend(self, one, other):
        """Whether the order can matter: one names what the other changes, or calls a method of it all."""
        first, second = self.subject(one), self.subject(other)
        if first is None or second is None:
            return True
        texts = self.text_of(one.first, one.last), self.text_of(other.first, other.last)
        return self.names(texts[0], second) or self.names(texts[1], first)

    def subject(self, statement):
        """What the statement changes: `run.clock` of `run.clock = nil` and of `run.clock.add(1)`.

        None for a method of the value itself, which may read and change all of it.
        """
        tokens = self.source.tokens
        first = statement.first + 1 if tokens[statement.first].text == "try" else statement.first
        index, last_dot = first, None
        while index <= statement.last:
            token = tokens[index]
            if token.text == "(" or (token.kind == "op" and token.spaced):
                break
            if token.text == ".":
                last_dot = index
            index = self.source.skip(index)
        if statement.kind != "call":
            return self.text[tokens[first].start:tokens[index - 1].end]
        if last_dot is None or last_dot == first:
            return None
        return self.text[tokens[first].start:tokens[last_dot - 1].end]

    @staticmethod
    def names(text, subject):
        return re.search(rf"(?<![\w.]){re.escape(subject)}(?!\w)", text) is not None


def sites(text):
    return Rules(text).find()
