/** Flushes of one job as one undo step: the editor's own edits can leave undo stops out, ``workspace/applyEdit`` cannot. */
import * as vscode from 'vscode';
import { TextDocumentEdit, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver-protocol';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type { Applied, GroupedEdit } from './messages';

const refused = (failureReason: string): Applied => ({ applied: false, failureReason });

/** Jobs whose first edit was made here, so that theirs joins it. */
const open = new Set<string>();

/** Answers ``coderoute/applyGroupedEdit``. */
export async function applyGroupedEdit(client: BaseLanguageClient, params: GroupedEdit): Promise<Applied> {
  const starts = params.first || !open.has(params.job);
  if (params.last) open.delete(params.job);
  else open.add(params.job);
  const edit = params.edit as WorkspaceEdit;
  const changes = edit.documentChanges ?? [];
  const only = changes[0];
  // New files, and edits over several documents, are VS Code's: they are one step there.
  if (changes.length !== 1 || !only || !TextDocumentEdit.is(only)) return applyWhole(client, edit);
  const uri = client.protocol2CodeConverter.asUri(only.textDocument.uri);
  const document = await vscode.workspace.openTextDocument(uri);
  const { version } = only.textDocument;
  if (version !== null && version !== document.version) {
    return refused(`The document is at version ${document.version}, the edit is for ${version}`);
  }
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
  // Only an editor that is on screen can leave undo stops out. No other is brought there for it: the user is somewhere else.
  if (!editor) return applyWhole(client, edit);
  const ranges = (only.edits as TextEdit[]).map((one) => ({ range: client.protocol2CodeConverter.asRange(one.range), text: one.newText }));
  if (!ranges.length) return { applied: true };
  const done = await editor.edit((builder) => ranges.forEach(({ range, text }) => builder.replace(range, text)), {
    undoStopBefore: starts,
    undoStopAfter: params.last,
  });
  return done ? { applied: true } : refused('The document changed while the edit was on its way');
}

async function applyWhole(client: BaseLanguageClient, edit: WorkspaceEdit): Promise<Applied> {
  const done = await vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit));
  return done ? { applied: true } : refused('VS Code refused the edit');
}
