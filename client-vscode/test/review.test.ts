import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawnHunk, hunkAt, isInside, nextHunk } from '../src/reviewDrawing';

const hunk = (number: number, first: number, last: number, old = '') => ({ hunk: number, first, last, old });

test('old lines stand beside the new ones, the rest of them beside the last', () => {
  assert.deepEqual(drawnHunk(hunk(0, 2, 4, 'a\n    b\nc\n'), 10), {
    came: { first: 2, last: 3 },
    gone: [
      { line: 2, text: 'a' },
      { line: 3, text: 'b ⏎ c' },
    ],
    cut: undefined,
  });
});

test('where lines only came nothing went', () => {
  assert.deepEqual(drawnHunk(hunk(0, 0, 2), 10), { came: { first: 0, last: 1 }, gone: [], cut: undefined });
});

test('lines that only went are shown at the line above, also at both ends of the file', () => {
  assert.deepEqual(drawnHunk(hunk(0, 3, 3, 'a\r\nb\r\n'), 10), { came: undefined, gone: [{ line: 2, text: 'a ⏎ b' }], cut: 2 });
  assert.equal(drawnHunk(hunk(0, 0, 0, 'a\n'), 10).cut, 0);
  assert.equal(drawnHunk(hunk(0, 10, 10, 'a\n'), 10).cut, 9);
});

test('a blank line that went is not drawn, and a long one is cut', () => {
  assert.deepEqual(drawnHunk(hunk(0, 0, 1, '\n'), 10).gone, []);
  assert.equal(drawnHunk(hunk(0, 0, 1, 'x'.repeat(500)), 10).gone[0]?.text.length, 80);
});

test('a document that is shorter than the server knows is no error', () => {
  assert.deepEqual(drawnHunk(hunk(0, 3, 9, 'a\n'), 5).came, { first: 3, last: 4 });
  assert.equal(drawnHunk(hunk(0, 7, 9, 'a\n'), 5).came, undefined);
});

test('the next and the previous change, around the ends', () => {
  const hunks = [hunk(0, 2, 4), hunk(1, 6, 6), hunk(2, 9, 10)];
  const go = (line: number, step: 1 | -1): number | undefined => nextHunk(hunks, line, step)?.hunk;
  assert.deepEqual([0, 2, 6, 9].map((line) => go(line, 1)), [0, 1, 2, 0]);
  assert.deepEqual([0, 3, 6, 9].map((line) => go(line, -1)), [2, 0, 0, 1]);
  assert.equal(nextHunk([], 0, 1), undefined);
});

test('which change a line belongs to, and whether it is inside the edit', () => {
  const hunks = [hunk(0, 2, 4), hunk(1, 6, 6)];
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map((line) => hunkAt(hunks, line)?.hunk), [undefined, 0, 0, undefined, 1, 1, undefined]);
  assert.deepEqual([0, 1, 4, 6, 7].map((line) => isInside(hunks, line)), [false, true, true, true, false]);
});
