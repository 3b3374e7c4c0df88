/** An edit under review as decorations can show it: the lines that came, and beside them those that went. No line can be added on screen. */
import type { ReviewHunk } from './messages';

/** What went, shown behind a line of the document. */
export interface Gone {
  line: number;
  text: string;
}

export interface DrawnHunk {
  /** Lines that came, from ``first`` to ``last``, both included; none where lines only went. */
  came: { first: number; last: number } | undefined;
  gone: Gone[];
  /** Where the sign of a hunk stands that only took lines away. */
  cut: number | undefined;
}

const NEW_LINE = ' ⏎ ';
const MOST = 80;

/** How a hunk is shown in a document of so many lines. */
export function drawnHunk({ first, last, old }: ReviewHunk, lineCount: number): DrawnHunk {
  const went = old === '' ? [] : old.replace(/(\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/);
  const end = Math.min(last, lineCount);
  if (first >= end) {
    const line = Math.max(0, Math.min(first, lineCount) - 1);
    return { came: undefined, gone: went.length ? [{ line, text: joined(went) }] : [], cut: line };
  }
  const gone: Gone[] = [];
  for (let line = first; line < end; line++) {
    const index = line - first;
    const here = line === end - 1 ? went.slice(index) : went.slice(index, index + 1);
    if (here.some((text) => text.trim())) gone.push({ line, text: joined(here) });
  }
  return { came: { first, last: end - 1 }, gone, cut: undefined };
}

function joined(lines: string[]): string {
  const text = lines.map((line) => line.trim()).join(NEW_LINE);
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
}

/** The hunk that the user is in or comes to next: from ``line`` on downwards or upwards, and around the ends. */
export function nextHunk(hunks: readonly ReviewHunk[], line: number, step: 1 | -1): ReviewHunk | undefined {
  if (step > 0) return hunks.find((hunk) => hunk.first > line) ?? hunks[0];
  return [...hunks].reverse().find((hunk) => hunk.first < line) ?? hunks.at(-1);
}

/** The hunk that this line belongs to; one that only took lines away belongs to the lines on both sides of it. */
export function hunkAt(hunks: readonly ReviewHunk[], line: number): ReviewHunk | undefined {
  return hunks.find(({ first, last }) => (first === last ? line === first || line === first - 1 : first <= line && line < last));
}

/** Whether this line is inside the edit: from its first change to its last one. */
export function isInside(hunks: readonly ReviewHunk[], line: number): boolean {
  const [first, last] = [hunks[0], hunks.at(-1)];
  return first !== undefined && last !== undefined && first.first - 1 <= line && line <= last.last;
}
