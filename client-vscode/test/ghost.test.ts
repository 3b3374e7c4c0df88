import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Shown, acceptedPart, follow } from '../src/ghost';

const shown: Shown = { item: '1', text: 'return left + right', uri: 'file:///a', start: 10, done: 0 };

test('a word inserted where it was offered is an accepted part', () => {
  const after = follow(shown, { offset: 10, removed: 0, text: 'return' });
  assert.ok(after);
  assert.equal(after.done, 6);
  assert.ok(acceptedPart(shown, after));
});

test('the next word counts from the start of the item', () => {
  const first = follow(shown, { offset: 10, removed: 0, text: 'return ' });
  assert.equal(first && follow(first, { offset: 17, removed: 0, text: 'left ' })?.done, 12);
});

test('a typed character keeps the item, and is no acceptance', () => {
  const after = follow(shown, { offset: 10, removed: 0, text: 'r' });
  assert.ok(after && !acceptedPart(shown, after));
});

test('a pair that VS Code closes by itself is no acceptance', () => {
  const call = { ...shown, text: '()()' };
  const after = follow(call, { offset: 10, removed: 0, text: '()' });
  assert.ok(after && !acceptedPart(call, after));
});

test('all of it is not a part: VS Code runs the command of the item', () => {
  const after = follow(shown, { offset: 10, removed: 0, text: shown.text });
  assert.ok(after && !acceptedPart(shown, after));
});

test('another text, another place or a deletion ends it', () => {
  assert.equal(follow(shown, { offset: 10, removed: 0, text: 'x' }), undefined);
  assert.equal(follow(shown, { offset: 9, removed: 0, text: 'return' }), undefined);
  assert.equal(follow(shown, { offset: 10, removed: 1, text: 'return' }), undefined);
});
