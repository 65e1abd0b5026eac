"""Swift source as tokens, code blocks and statements: as much as the mutation rules need.

It relies on what swift-format guarantees (binary operators have a blank on both sides, one statement a line) and
decides nothing finally: a site that is misread does not compile, and is dropped by building.
"""

import re

TOKEN = re.compile(
    r"(?P<space>[ \t\r]+)|(?P<newline>\n)|(?P<comment>//[^\n]*)|(?P<block>/\*)"
    r'|(?P<string>#*"""|#*")|(?P<regex>#/)'
    r"|(?P<word>[A-Za-z_$][A-Za-z0-9_]*|`[^`\n]*`|@[A-Za-z_]+|#[A-Za-z]+)"
    r"|(?P<number>0[xX][0-9A-Fa-f_]+|0b[01_]+|[0-9][0-9_]*(?:\.[0-9][0-9_]*)?)"
    r"|(?P<range>\.\.\.|\.\.<)|(?P<punct>[()\[\]{},;:.\\])|(?P<op>[-+*/%=<>!&|^~?]+)"
)
OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = set(OPENING.values())
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "&+=", "&-=", "&*="}
# The next brace at the same depth is the body of one of these.
BLOCK_WORDS = {"if", "guard", "while", "for", "switch", "else", "do", "catch", "defer", "repeat"}
TYPE_WORDS = {"struct", "enum", "class", "extension", "protocol", "actor"}
DECLARATION_WORDS = TYPE_WORDS | {"func", "init", "subscript", "deinit", "var", "let"}
MODIFIERS = {"private", "fileprivate", "package", "public", "internal", "static", "mutating", "nonmutating", "final",
             "lazy", "indirect", "override", "nonisolated", "unowned", "weak", "borrowing", "consuming"}


class Token:
    __slots__ = ("kind", "text", "start", "end", "line", "leads", "spaced", "match", "role")

    def __init__(self, kind, text, start, end, line, leads, spaced):
        self.kind, self.text, self.start, self.end, self.line = kind, text, start, end, line
        self.leads = leads  # the first on its line
        self.spaced = spaced  # white space on both sides
        self.match = None  # index of the other bracket
        self.role = None  # of an opening brace: type, body, accessors or closure

    def __repr__(self):
        return f"{self.text!r}"


def string_end(text, start, quote):
    """The end of the literal that opens at `start`; what is interpolated belongs to it."""
    hashes = quote.count("#")
    closing = quote.lstrip("#") + "#" * hashes
    escape = "\\" + "#" * hashes
    place = start + len(quote)
    while place < len(text):
        if text.startswith(closing, place):
            return place + len(closing)
        if text.startswith(escape + "(", place):
            place = parenthesis_end(text, place + len(escape))
        elif text.startswith(escape, place):
            place += len(escape) + 1
        else:
            place += 1
    return place


def parenthesis_end(text, start):
    depth = 0
    place = start
    while place < len(text):
        if text[place] == "(":
            depth += 1
        elif text[place] == ")":
            depth -= 1
            if depth == 0:
                return place + 1
        elif text[place] == '"':
            quote = '"""' if text.startswith('"""', place) else '"'
            place = string_end(text, place, quote)
            continue
        place += 1
    return place


def tokenize(text):
    tokens = []
    place, line, leads = 0, 1, True
    while place < len(text):
        found = TOKEN.match(text, place)
        if not found:
            raise ValueError(f"line {line}: {text[place:place + 20]!r} is no token")
        kind, end = found.lastgroup, found.end()
        if kind == "newline":
            line, leads, place = line + 1, True, end
            continue
        if kind in ("space", "comment"):
            place = end
            continue
        if kind == "block":
            end = text.index("*/", end) + 2
        elif kind == "string":
            end = string_end(text, place, found.group())
        elif kind == "regex":
            end = text.index("/#", end) + 2
        elif kind == "op" and found.group()[0] in "?!" and len(found.group()) > 1 and tokens \
                and tokens[-1].end == place:
            end = place + 1  # postfix
        if kind != "block":
            spaced = text[place - 1:place].isspace() and text[end:end + 1].isspace()
            tokens.append(Token(kind, text[place:end], place, end, line, leads, spaced))
            leads = False
        line += text.count("\n", place, end)
        place = end
    stack = []
    for index, token in enumerate(tokens):
        if token.text in OPENING and token.kind == "punct":
            stack.append(index)
        elif token.text in CLOSING and token.kind == "punct":
            opening = stack.pop()
            token.match, tokens[opening].match = opening, index
    return tokens


class Function:
    """A body that runs: of a function, an initializer, a subscript or a computed property."""

    def __init__(self, name, kind, has_result, opening, closing):
        self.name, self.kind, self.has_result = name, kind, has_result
        self.opening, self.closing = opening, closing


class Statement:
    def __init__(self, first, last, kind):
        self.first, self.last, self.kind = first, last, kind  # indices of tokens, both included


class Source:
    def __init__(self, text):
        self.text = text
        self.tokens = tokenize(text)
        self.functions = []
        self.constants = []  # (name, index of the first and of the last token of the value)
        self._roles()

    def skip(self, index):
        """The index after a token, or after the whole group that it opens."""
        token = self.tokens[index]
        return (token.match if token.match is not None and token.match > index else index) + 1

    def _roles(self):
        self._members(0, len(self.tokens))
        for function in self.functions:
            index = function.opening + 1
            while index < function.closing:
                token = self.tokens[index]
                if token.kind == "word" and token.text in BLOCK_WORDS and self.tokens[index - 1].text != ".":
                    brace = self._brace_after(index)
                    if brace is not None and self.tokens[brace].role is None:
                        self.tokens[brace].role = "switch" if token.text == "switch" else "body"
                index += 1
            for token in self.tokens[function.opening + 1:function.closing]:
                if token.text == "{" and token.role is None:
                    token.role = "closure"

    def _brace_after(self, index):
        place = index + 1
        while place < len(self.tokens):
            token = self.tokens[place]
            if token.text == "{":
                return place
            if token.text in CLOSING or (token.text == "else" and self.tokens[index].text == "guard"):
                return None
            place = self.skip(place)
        return None

    def _members(self, start, end):
        """Declarations of a type or of the file."""
        index = start
        while index < end:
            token = self.tokens[index]
            after = self.tokens[index + 1] if index + 1 < end else None
            word = token.text if token.kind == "word" else ""
            if word in TYPE_WORDS and after and after.kind == "word" and after.text not in DECLARATION_WORDS:
                brace = self._brace_after(index)
                if brace is None:
                    return
                self.tokens[brace].role = "type"
                if word != "protocol":
                    self._members(brace + 1, self.tokens[brace].match)
                index = self.tokens[brace].match + 1
            elif word in ("func", "init", "subscript", "deinit"):
                index = self._function(index, end)
            elif word in ("var", "let") and after and after.kind == "word":
                index = self._property(index, end)
            else:
                index = self.skip(index)

    def _function(self, index, end):
        word = self.tokens[index].text
        name = self.tokens[index + 1].text.strip("`") if word == "func" else word
        place, has_result = index + 1, word == "subscript"
        while place < end:
            token = self.tokens[place]
            if token.text == "->":
                has_result = True
            if token.text == "{":
                token.role = "body"
                self.functions.append(Function(name, word, has_result, place, token.match))
                return token.match + 1
            if place > index + 1 and token.leads and token.kind == "word" \
                    and (token.text in DECLARATION_WORDS or token.text in MODIFIERS or token.text[0] == "@"):
                return place  # a requirement without a body
            place = self.skip(place)
        return place

    def _property(self, index, end):
        name = self.tokens[index + 1].text.strip("`")
        place = index + 2
        while place < end:
            token = self.tokens[place]
            if token.text == "{" and not token.leads:
                token.role = "body"
                self.functions.append(Function(name, "var", True, place, token.match))
                return token.match + 1
            if token.text == "=":
                last = self._statement_end(place + 1, end)
                self.constants.append((name, place + 1, last))
                if self.tokens[last].text == "}" and self.tokens[self.tokens[last].match].role is None:
                    opening = self.tokens[last].match
                    self.tokens[opening].role = "closure"
                return last + 1
            if token.leads:
                return place
            place = self.skip(place)
        return place

    def _continues(self, index):
        """Whether the token continues the statement of the line before."""
        token, previous = self.tokens[index], self.tokens[index - 1]
        if token.text in CLOSING or token.text in (".", "else", "catch", "where", "{", "?", ":", "as", "is"):
            return True
        if token.kind == "op" and token.spaced:
            return True
        if token.text == "while" and previous.text == "}":
            return False
        if previous.kind == "op" and previous.spaced:
            return True
        return previous.text in (",", "(", "[", ":", "->", "return", "in", "=", "else", "where", "try")

    def _statement_end(self, index, end):
        """The last token of the statement that begins at `index`."""
        place = self.skip(index)
        while place < end:
            token = self.tokens[place]
            if token.text == ";" or (token.leads and not self._continues(place)):
                break
            place = self.skip(place)
        return place - 1

    def statements(self, opening):
        """The lists of statements right within a code block: one, or one for each case of a switch."""
        closing = self.tokens[opening].match
        index = opening + 1
        if self.tokens[opening].role == "closure":
            index = self._after_closure_head(index, closing)
        lists = [[]]
        while index < closing:
            token = self.tokens[index]
            if token.text in ("case", "default") and self.tokens[opening].role == "switch":
                lists.append([])
                while index < closing and self.tokens[index].text != ":":
                    index = self.skip(index)
                index += 1
                continue
            if token.text == ";":
                index += 1
                continue
            last = self._statement_end(index, closing)
            # A case on the line after ends the statement before.
            lists[-1].append(Statement(index, last, self._kind(index, last)))
            index = last + 1
        return [found for found in lists if found]

    def _after_closure_head(self, index, closing):
        line = self.tokens[index].line
        place = index
        while place < closing and self.tokens[place].line == line:
            if self.tokens[place].text == "in":
                return place + 1
            place = self.skip(place)
        return index

    def _kind(self, first, last):
        token = self.tokens[first]
        start = first + 1 if token.text == "try" else first
        head = self.tokens[start]
        if head.kind != "word" and head.text not in (".", "("):
            return "other"
        if head.text in BLOCK_WORDS or head.text in DECLARATION_WORDS or head.text in MODIFIERS or head.text in (
                "return", "throw", "break", "continue", "fallthrough", "case", "default", "import", "typealias"):
            return "other"
        if head.text in ("precondition", "preconditionFailure", "assert", "assertionFailure"):
            return "check"
        place = start
        operators = []
        while place <= last:
            if self.tokens[place].kind == "op" and self.tokens[place].spaced:
                operators.append(self.tokens[place].text)
            place = self.skip(place)
        if operators and operators[0] in ASSIGNMENTS:
            return "count" if operators[0] in ("+=", "-=") else "assignment"
        if not operators and self.tokens[last].text in (")", "}"):
            return "call"
        return "other"
