/** Entry point: commands at once, the server when the first supported document is open. */
import * as vscode from 'vscode';
import { registerCommands } from './commands';
import { isSupported } from './documents';
import { Session } from './session';

let session: Session | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('CodeRoute', { log: true });
  const current = (session = new Session(context, log));
  const startFor = (document: vscode.TextDocument): void => {
    if (!current.started && isSupported(document)) void current.start();
  };
  registerCommands(context, current);
  context.subscriptions.push(
    log,
    current,
    vscode.workspace.onDidOpenTextDocument(startFor),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void current.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('coderoute.server.path')) void current.restart();
    }),
  );
  vscode.workspace.textDocuments.forEach(startFor);
}

export function deactivate(): Promise<void> | undefined {
  return session?.stop();
}
