import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxTitle, entries } from '../src/instructionItems';
import type { Preview } from '../src/messages';

const BOX = { instruction: 'use sum', floor: undefined, named: [] };
const PREVIEW: Preview = {
  model: 'swift',
  costUsd: 0.0001,
  floor: 0.7,
  why: 'cheapest',
  parts: [{ name: 'region', chars: 1234 }],
  qualities: [
    { floor: 0.7, model: 'swift', costUsd: 0.0001 },
    { floor: 0.85, problem: 'nobody is that good' },
  ],
};
const kinds = (preview: Preview | undefined, box = BOX): string[] => entries(box, preview, []).map(({ kind }) => kind);

test('Enter sends only what would be answered, and only with words', () => {
  assert.equal(kinds(PREVIEW)[0], 'send');
  assert.equal(kinds(PREVIEW, { ...BOX, instruction: ' ' })[0], 'problem');
  assert.equal(kinds({ problem: 'ignored' })[0], 'problem');
  assert.equal(kinds(undefined)[0], 'problem');
  assert.equal(entries(BOX, { problem: 'ignored' }, [])[0]?.detail, 'ignored');
});

test('model and price stand in the title, and a free model says so', () => {
  assert.equal(boxTitle('Edit', PREVIEW), 'Edit: swift, ≈ $0.0001');
  assert.equal(boxTitle('Edit', { ...PREVIEW, costUsd: 0 }), 'Edit: swift, free');
  assert.equal(boxTitle('Edit', { problem: 'no' }), 'Edit');
});

test('qualities say who answers or why nobody does, and which one is chosen without colour alone', () => {
  const rows = entries(BOX, PREVIEW, []).filter(({ kind }) => kind === 'quality');
  assert.deepEqual(rows.map(({ description }) => description), ['swift (≈ $0.0001), chosen', 'nobody is that good']);
});

test('what is named has its size, or why it may not be sent, and its place', () => {
  const box = { ...BOX, named: [{ context: { uri: 'file:///a' }, label: 'a' }, { context: { uri: 'file:///b' }, label: 'b' }] };
  const preview = { ...PREVIEW, context: [{ label: 'a.py', chars: 1200 }, { label: 'b.env', problem: 'it is secret' }] };
  const rows = entries(box, preview, []).filter(({ kind }) => kind === 'named');
  assert.deepEqual(rows.map(({ label, description, at }) => [label, description, at]), [
    ['$(file) a.py', '1,200 characters', 0],
    ['$(error) b.env', 'it is secret', 1],
  ]);
  assert.equal(entries(box, undefined, []).filter(({ kind }) => kind === 'named')[1]?.label, '$(file) b');
});

test('earlier instructions come back as they were', () => {
  const rows = entries(BOX, PREVIEW, ['one', 'two']).filter(({ kind }) => kind === 'earlier');
  assert.deepEqual(rows.map(({ instruction }) => instruction), ['one', 'two']);
});
