"""One small file in each of six languages, with the cursor in a function, and what is there to find."""

from dataclasses import dataclass

from coderoute_ls.domain import Diagnostic, Document, Position, Span, Target
from coderoute_ls.text import split_lines

_PYTHON = '''"""Money."""

from decimal import Decimal

RATE = Decimal("1.19")


class Account:
    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.lines = []

    # round half up, to cents
    def total(self):
        """Sum."""
        t = 0
        for line in self.lines:
            t = t + line.net * RATE
        return t
'''
_TYPESCRIPT = """import { rate } from "./rate";

export interface Line {
  net: number;
}

/** Sum. */
export function total(lines: Line[]): number {
  let t = 0;
  for (const line of lines) {
    t = t + line.net * rate;
  }
  return t;
}
"""
_GO = """package money

const rate = 1.19

type Line struct {
\tNet float64
}

// Total sums.
func Total(lines []Line) float64 {
\tt := 0.0
\tfor _, line := range lines {
\t\tt = t + line.Net*rate
\t}
\treturn t
}
"""
_RUST = """const RATE: f64 = 1.19;

pub struct Line {
    pub net: f64,
}

/// Sums.
#[must_use]
pub fn total(lines: &[Line]) -> f64 {
    let mut t = 0.0;
    for line in lines {
        t = t + line.net * RATE;
    }
    t
}
"""
_JAVA = """package money;

import java.util.List;

class Account {
    static final double RATE = 1.19;

    /** Sums. */
    @Deprecated
    double total(List<Line> lines) {
        double t = 0;
        for (Line line : lines) {
            t = t + line.net * RATE;
        }
        return t;
    }
}
"""
_C = """#include <stddef.h>

#define RATE 1.19

struct line {
    double net;
};

/* Sums. */
double total(const struct line *lines, size_t count)
{
    double t = 0;
    for (size_t i = 0; i < count; i++) {
        t = t + lines[i].net * RATE;
    }
    return t;
}
"""


@dataclass(frozen=True)
class Sample:
    """A file, and which of its lines (first and last, counted from zero) hold what."""

    language: str
    path: str
    text: str
    function: tuple[int, int]
    comment: tuple[int, int]
    statement: int

    @property
    def document(self) -> Document:
        return Document(f"file:///work/{self.path}", self.language, 1, split_lines(self.text), f"/work/{self.path}")

    def target(self, *, instruction: str = "", diagnosed: bool = False) -> Target:
        """The cursor in the statement; with a diagnostic there if asked for."""
        line = self.text.splitlines()[self.statement]
        start = Position(self.statement, len(line) - len(line.lstrip()))
        span = Span(start, Position(self.statement, len(line)))
        found = (Diagnostic(span, "sum of floats loses cents", "linter", "L7", 2),) if diagnosed else ()
        return Target(self.document, Span(start, start), instruction, found, "/work")


SAMPLES = {
    sample.language: sample
    for sample in (
        Sample("python", "app/money.py", _PYTHON, (13, 18), (14, 14), 17),
        Sample("typescript", "src/money.ts", _TYPESCRIPT, (7, 13), (6, 6), 10),
        Sample("go", "money/money.go", _GO, (9, 15), (8, 8), 12),
        Sample("rust", "src/money.rs", _RUST, (8, 14), (6, 6), 11),
        Sample("java", "src/main/java/money/Account.java", _JAVA, (8, 15), (7, 7), 12),
        Sample("c", "src/money.c", _C, (9, 16), (8, 8), 13),
    )
}
