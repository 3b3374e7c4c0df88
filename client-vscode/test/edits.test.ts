import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { asked, window, workspace } from './vscode';
import { applyGroupedEdit } from '../src/edits';

type Client = Parameters<typeof applyGroupedEdit>[0];

const client = {
  protocol2CodeConverter: { asUri: (uri: string) => uri, asRange: (range: unknown) => range, asWorkspaceEdit: async (edit: unknown) => edit },
} as unknown as Client;

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
const flush = (version: number, job = 'one') => ({
  job,
  first: true,
  last: false,
  edit: { documentChanges: [{ textDocument: { uri: 'file:///a.py', version }, edits: [{ range, newText: 'x' }] }] },
});

/** An editor on screen that shows the document. */
const onScreen = () => ({
  document: workspace.document,
  edit: async (_: unknown, stops: { undoStopBefore: boolean; undoStopAfter: boolean }) => {
    asked.push(`edit ${stops.undoStopBefore} ${stops.undoStopAfter}`);
    return true;
  },
});

beforeEach(() => {
  asked.length = 0;
  window.visibleTextEditors = [];
});

test('a document on screen is edited there, in one undo step', async () => {
  window.visibleTextEditors = [onScreen()];
  assert.deepEqual(await applyGroupedEdit(client, flush(1)), { applied: true });
  assert.deepEqual(await applyGroupedEdit(client, { ...flush(1), first: false }), { applied: true });
  assert.deepEqual(asked, ['edit true false', 'edit false false']);
});

test('a document behind another tab is edited where it is, and never shown', async () => {
  assert.deepEqual(await applyGroupedEdit(client, flush(1, 'two')), { applied: true });
  assert.deepEqual(asked, ['apply']);
});

test('a flush for another version is applied nowhere, on screen or not', async () => {
  assert.equal((await applyGroupedEdit(client, flush(7, 'three'))).applied, false);
  window.visibleTextEditors = [onScreen()];
  assert.equal((await applyGroupedEdit(client, flush(7, 'three'))).applied, false);
  assert.deepEqual(asked, []);
});
