"""Programs of the core language as text, for people: what `docs/architecture.md` shows.

Values of one name are numbered in the order in which they are met, and a temporary is `t`.
"""

from srcad.ir.nodes import Const, Effect, If, Let, Loop, ShapeOf, Slice, Var


class Printer:
    """Names for the values of a program, and the lines written so far."""

    def __init__(self):
        self.names = {}
        self.taken = set()
        self.lines = []

    def line(self, depth, text):
        self.lines.append("    " * depth + text)

    def name(self, var):
        if var not in self.names:
            hint, number = var.hint or "t", 1
            while (name := hint if number == 1 else f"{hint}.{number}") in self.taken:
                number += 1
            self.names[var] = name
            self.taken.add(name)
        return self.names[var]

    def operand(self, operand):
        match operand:
            case Var():
                return self.name(operand)
            case Const(value=value):
                return repr(value)
            case Slice(lower=lower, upper=upper, step=step):
                ends = [self.operand(end) if end is not None else "" for end in (lower, upper)]
                return ":".join(ends + ([self.operand(step)] if step is not None else []))
            case ShapeOf(var=var):
                return f"shape({self.name(var)})"
            case tuple():
                return f"({', '.join(map(self.operand, operand))})"
            case _:
                return str(operand)

    def listed(self, operands):
        return ", ".join(map(self.operand, operands))

    def call(self, text, args, kwargs):
        if not kwargs and len(args) == 2 and not text.isidentifier() and "." not in text:
            return f"{self.operand(args[0])} {text} {self.operand(args[1])}"
        if text == "getitem":
            index = self.operand(args[1])
            return f"{self.operand(args[0])}[{index.removeprefix('(').removesuffix(')')}]"
        named = (f"{key}={self.operand(value)}" for key, value in kwargs)
        return f"{text}({', '.join([*map(self.operand, args), *named])})"

    def block(self, block, depth, handing):
        for stmt in block.body:
            self.stmt(stmt, depth)
        if block.results or not block.body:
            self.line(depth, f"{handing} {self.listed(block.results)}".rstrip())

    def stmt(self, stmt, depth):
        match stmt:
            case Let():
                call = self.call(stmt.primitive.text, stmt.args, stmt.kwargs)
                self.line(depth, f"{self.name(stmt.target)} = {call}")
            case If():
                self.line(depth, f"if {self.operand(stmt.test)}:")
                self.block(stmt.then, depth + 1, "give")
                self.line(depth, "else:")
                self.block(stmt.orelse, depth + 1, "give")
                if stmt.targets:
                    self.line(depth, f"-> {self.listed(stmt.targets)}")
            case Loop():
                self.loop(stmt, depth)
            case Effect():
                call = self.call(stmt.action, stmt.args, stmt.kwargs)
                made = f"{self.listed(stmt.targets)} = " if stmt.targets else ""
                self.line(depth, f"{made}{call}")

    def loop(self, stmt, depth):
        counter = self.name(stmt.counter)
        if stmt.range is not None:
            limits = self.listed((stmt.range.start, stmt.range.stop, stmt.range.step))
            head = f"for {counter} in range({limits})"
        else:
            head = f"while, counted by {counter}"
        pairs = zip(stmt.carried, stmt.inits, strict=True)
        carried = [f"{self.name(var)} = {self.operand(init)}" for var, init in pairs]
        self.line(depth, f"{head} carrying {', '.join(carried)}:" if carried else f"{head}:")
        if stmt.test is not None:
            self.block(stmt.test, depth + 1, "test")
        self.block(stmt.body, depth + 1, "next")
        if stmt.targets:
            self.line(depth, f"-> {self.listed(stmt.targets)}")


def shown(function, printer=None):
    """The text of a program."""
    printer = printer or Printer()
    params = ", ".join(map(printer.name, function.params))
    printer.line(0, f"{function.name}({params}):")
    printer.block(function.body, 1, "return")
    return "\n".join(printer.lines)
