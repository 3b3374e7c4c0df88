/** Entry point: commands once VS Code has started, the server when the first supported document is open. */
import * as vscode from 'vscode';
import { registerChat } from './chat';
import { registerCommands } from './commands';
import { isSupported } from './documents';
import { definitionLenses } from './lens';
import { Session } from './session';

let session: Session | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('CodeRoute', { log: true });
  log.info(`CodeRoute ${context.extension.packageJSON.version}. The server starts with the first file that is opened.`);
  const current = (session = new Session(context, log));
  // Editors, not documents: VS Code opens documents for itself, its own settings for example.
  const startFor = (editors: readonly vscode.TextEditor[]): void => {
    if (!current.started && editors.some(({ document }) => isSupported(document))) void current.start();
  };
  registerCommands(context, current, registerChat(context, current));
  context.subscriptions.push(definitionLenses(current));
  context.subscriptions.push(
    log,
    current,
    vscode.window.onDidChangeVisibleTextEditors(startFor),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void current.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('coderoute.server.path')) void current.restart();
    }),
  );
  startFor(vscode.window.visibleTextEditors);
}

export function deactivate(): Promise<void> | undefined {
  return session?.stop();
}
