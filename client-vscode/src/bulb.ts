/** The list behind Ctrl+. leaves out all actions whose kind is `source`: there ours come as refactorings, which it shows. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

const SOURCE = 'source.coderoute.';

export const provideCodeActions: NonNullable<Middleware['provideCodeActions']> = async (document, range, context, token, next) => {
  const found = await next(document, range, context, token);
  if (!context.only) for (const action of found ?? []) if ('kind' in action && action.kind) action.kind = listed(action.kind);
  return found;
};

/** The kind that the list shows. */
export function listed(kind: vscode.CodeActionKind): vscode.CodeActionKind {
  return kind.value.startsWith(SOURCE) ? vscode.CodeActionKind.Refactor.append(`coderoute.${kind.value.slice(SOURCE.length)}`) : kind;
}
