/** A next edit as decorations can show it: what goes, and behind it what comes. No line can be added on screen, so further lines follow on one. */

/** A place in the old text, counted from its start, and the new text that is shown behind it. */
export interface Drawn {
  /** Offsets of what goes; empty where text only comes in. */
  start: number;
  end: number;
  /** One line of text, "" where text only goes. */
  text: string;
}

const NEW_LINE = ' ⏎ ';

/** How an edit that replaces ``before`` by ``after`` is shown: without what both have in common, line by line. */
export function drawn(before: string, after: string): Drawn[] {
  const [old, fresh] = [lines(before), lines(after)];
  // Whole lines that come in before others: their last line ending is no text of its own.
  if (fresh.length > 1 && fresh.at(-1) === '' && (old.length === 1 ? before === '' : old.at(-1) === '')) fresh.pop();
  const found: Drawn[] = [];
  let offset = 0;
  const shared = Math.min(old.length, fresh.length);
  for (let number = 0; number < old.length; number++) {
    const line = old[number] ?? '';
    const last = number === shared - 1 && number === old.length - 1;
    const rest = last ? fresh.slice(number + 1) : [];
    const text = fresh[number];
    if (text === undefined) {
      if (line) found.push({ start: offset, end: offset + line.length, text: '' });
    } else {
      const change = within(line, text);
      const comes = [change.text, ...rest].join(NEW_LINE);
      if (change.start < change.end || comes) found.push({ start: offset + change.start, end: offset + change.end, text: comes });
    }
    offset += line.length + ending(before, offset + line.length);
  }
  return found;
}

/** What differs in a line: its start and end are kept as far as both have them, but for whole words. */
function within(line: string, text: string): Drawn {
  let start = 0;
  while (start < Math.min(line.length, text.length) && line[start] === text[start]) start++;
  let end = 0;
  while (end < Math.min(line.length, text.length) - start && line.at(-1 - end) === text.at(-1 - end)) end++;
  const word = /\w/;
  const cut = (at: number, of: string): boolean => at > 0 && at < of.length && word.test(of[at - 1] ?? '') && word.test(of[at] ?? '');
  while (start > 0 && (cut(start, line) || cut(start, text))) start--;
  while (end > 0 && (cut(line.length - end, line) || cut(text.length - end, text))) end--;
  return { start, end: line.length - end, text: text.slice(start, text.length - end) };
}

function lines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

function ending(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? 2 : at < text.length ? 1 : 0;
}
