/** Which documents the server is for, and how those that it opens are shown: explanations stream into a Markdown preview. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

/** Scheme of read-only documents that the server provides. */
const PROVIDED = 'coderoute';
const SCHEMES = ['file', 'untitled', 'vscode-vfs', 'vscode-notebook-cell'];

export const SELECTOR = SCHEMES.map((scheme) => ({ scheme }));

export const isSupported = (document: vscode.TextDocument): boolean => SCHEMES.includes(document.uri.scheme);

/** The document that was shown last. */
let shown = '';

/** Whether a preview of a document of ours is open; VS Code says of a preview no more than its title. */
const isInView = (): boolean => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.endsWith('explanation.md')));

type ShowDocument = NonNullable<NonNullable<Middleware['window']>['showDocument']>;

export const showDocument: ShowDocument = async (params, token, next) => {
  const uri = vscode.Uri.parse(params.uri, true);
  if (uri.scheme !== PROVIDED) return next(params, token);
  // The server asks again when one asks on: the preview that is there follows by itself.
  if (params.uri !== shown || !isInView()) await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  shown = params.uri;
  void vscode.commands.executeCommand('setContext', 'coderoute.canAskOn', true);
  return { success: true };
};
