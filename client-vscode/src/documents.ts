/** Which documents the server is for, and how those that it opens are shown: explanations stream into a Markdown preview. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

/** Scheme of read-only documents that the server provides. */
const PROVIDED = 'coderoute';
const SCHEMES = ['file', 'untitled', 'vscode-vfs', 'vscode-notebook-cell'];

export const SELECTOR = SCHEMES.map((scheme) => ({ scheme }));

export const isSupported = (document: vscode.TextDocument): boolean => SCHEMES.includes(document.uri.scheme);

type ShowDocument = NonNullable<NonNullable<Middleware['window']>['showDocument']>;

export const showDocument: ShowDocument = async (params, token, next) => {
  const uri = vscode.Uri.parse(params.uri, true);
  if (uri.scheme !== PROVIDED) return next(params, token);
  await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  void vscode.commands.executeCommand('setContext', 'coderoute.canAskOn', true);
  return { success: true };
};
