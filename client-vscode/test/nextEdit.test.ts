import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn } from '../src/nextEditDrawing';

test('a word is shown as a word, not as its letters', () => {
  assert.deepEqual(drawn('price * rate', 'price * tax'), [{ start: 8, end: 12, text: 'tax' }]);
  assert.deepEqual(drawn('total', 'totals'), [{ start: 0, end: 5, text: 'totals' }]);
});

test('what only comes in takes nothing away', () => {
  assert.deepEqual(drawn('', 'x'), [{ start: 0, end: 0, text: 'x' }]);
  assert.deepEqual(drawn('f(a)', 'f(a, b)'), [{ start: 3, end: 3, text: ', b' }]);
});

test('what only goes brings nothing', () => {
  assert.deepEqual(drawn('f(a, b)', 'f(a)'), [{ start: 3, end: 6, text: '' }]);
  assert.deepEqual(drawn('x = 1\ny = 2\n', ''), [
    { start: 0, end: 5, text: '' },
    { start: 6, end: 11, text: '' },
  ]);
});

test('lines are compared with lines, whatever their endings', () => {
  for (const eol of ['\n', '\r\n']) {
    const before = ['a = 1', 'b = 2', ''].join(eol);
    assert.deepEqual(drawn(before, 'a = 1\nb = 3\n'), [{ start: 5 + eol.length + 4, end: 5 + eol.length + 5, text: '3' }]);
  }
});

test('lines that come in follow on one', () => {
  assert.deepEqual(drawn('', 'import a\nimport b\n'), [{ start: 0, end: 0, text: 'import a ⏎ import b' }]);
  assert.deepEqual(drawn('x', 'x\ny\nz'), [{ start: 1, end: 1, text: ' ⏎ y ⏎ z' }]);
});

test('nothing that changes is left out', () => {
  const shown = (before: string, after: string): string => {
    const pieces = drawn(before, after);
    return pieces.reduceRight((text, { start, end, text: comes }) => text.slice(0, start) + comes + text.slice(end), before);
  };
  for (const [before, after] of [['rate', 'tax'], ['a.b(c)', 'a.d(c, e)'], ['x\ny', 'x1\ny2'], ['', 'new'], ['old', '']] as const) {
    assert.equal(shown(before, after), after);
  }
});
