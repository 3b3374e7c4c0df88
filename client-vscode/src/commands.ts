/** The palette's commands. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { setKey } from './keys';
import { chooseFloor, chooseQuality, showMenu } from './menu';
import { execute } from './requests';
import { openSetting } from './server';
import type { Session } from './session';
import { UsagePage } from './usage';
import { showWhy } from './why';

type Command = (...given: unknown[]) => unknown;

export function registerCommands(context: vscode.ExtensionContext, session: Session): void {
  /** A command that needs the server. */
  const asking = (ask: (client: BaseLanguageClient) => Promise<unknown>): Command => async () => {
    const client = await session.client();
    if (client) await ask(client);
  };
  const usage = new UsagePage();
  context.subscriptions.push(usage.register());
  const commands: Record<string, Command> = {
    menu: () => showMenu(session),
    showWhy: asking((client) => showWhy(client)),
    chooseQuality: asking((client) => chooseQuality(client, session.status.last?.quality)),
    chooseFloor: () => chooseFloor(context.extension),
    togglePause: asking((client) => execute(client, 'coderoute.pause', {})),
    showUsage: asking((client) => usage.show(client)),
    showActions: () => showActions(),
    suggestNextEdit: () => session.nextEdits?.suggest(),
    takeNextEdit: () => session.nextEdits?.take(),
    dismissNextEdit: () => session.nextEdits?.reject(),
    editWithInstruction: asking(editWithInstruction),
    setKey: async () => {
      if (await setKey(context.secrets)) await session.restart();
    },
    installServer: () => session.install(),
    setServerPath: () => openSetting(),
    restart: () => session.restart(),
    showLog: () => session.log.show(),
  };
  for (const [name, command] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(`coderoute.${name}`, command));
  }
}

/** What the server offers at the cursor, with model and price, in one list. */
async function showActions(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { document, selection } = editor;
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, selection);
  const ours = found.filter((action) => action.kind?.value.includes('.coderoute.'));
  const picked = await vscode.window.showQuickPick(
    ours.map((action) => ({ label: action.title, action })),
    { title: 'CodeRoute', placeHolder: ours.length ? 'What should be done?' : 'Nothing can be done at the cursor' },
  );
  const command = picked?.action.command;
  if (command) await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
}

async function editWithInstruction(client: BaseLanguageClient): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const range = { ...client.code2ProtocolConverter.asRange(editor.selection) };
  const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
  // The server asks for the instruction, once it knows that somebody can follow it.
  await execute(client, 'coderoute.run', { action: 'edit', uri, range, ask: true });
}

