/** The palette's commands. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { type Place, runAction, showPrompts } from './actions';
import { writeCommitMessage } from './commit';
import { pickModel, snooze, switchLanguage } from './control';
import type { ChatModelProvider } from './chat';
import { askOn } from './followUp';
import { setKey } from './keys';
import { chooseFloor, chooseQuality, showMenu } from './menu';
import { execute } from './requests';
import { openSetting } from './server';
import type { Session } from './session';
import { TextPages } from './textPage';
import { showWhy } from './why';

type Command = (...given: unknown[]) => unknown;

export function registerCommands(context: vscode.ExtensionContext, session: Session, chat: ChatModelProvider | undefined): void {
  /** A command that needs the server. */
  const asking = (ask: (client: BaseLanguageClient) => Promise<unknown>): Command => async () => {
    const client = await session.client();
    if (client) await ask(client);
  };
  /** A menu hands over the document that it was opened on, a lens the place that it stands at. */
  const ofAction =
    (id: string): Command =>
    (given) =>
      asking((client) => runAction(client, id, isPlace(given) ? given : {}))();
  const pages = new TextPages();
  context.subscriptions.push(pages.register());
  const commands: Record<string, Command> = {
    menu: () => showMenu(session),
    showWhy: asking((client) => showWhy(client)),
    chooseQuality: asking((client) => chooseQuality(client, session.status.last?.quality)),
    chooseFloor: () => chooseFloor(context.extension),
    togglePause: asking((client) => execute(client, 'coderoute.pause', {})),
    showUsage: asking(async (client) => pages.show('usage', (await execute(client, 'coderoute.usage', {})).text)),
    showActions: () => showActions(),
    pickModel: asking(pickModel),
    snoozeSuggestions: asking((client) => snooze(client, session.status.last)),
    switchThisLanguage: asking(switchLanguage),
    showPrompts: asking(showPrompts),
    runPrompt: (action, place) => (typeof action === 'string' ? asking((client) => runAction(client, action, place as Place | undefined))() : undefined),
    cancelJobs: () => session.cancelJobs(),
    'action.commit_message': (from) => asking((client) => writeCommitMessage(client, from))(),
    ...Object.fromEntries(actionsOf(context.extension).map((id) => [`action.${id}`, ofAction(id)])),
    suggestNextEdit: () => session.nextEdits?.suggest(),
    takeNextEdit: () => session.nextEdits?.take(),
    dismissNextEdit: () => session.nextEdits?.reject(),
    askOn: asking(askOn),
    showSent: asking((client) => showSent(client, pages)),
    editWithInstruction: asking((client) => editWithInstruction(client, pages)),
    useInChat: () => (chat ? chat.use() : vscode.window.showInformationMessage(vscode.l10n.t('The chat of VS Code takes models of extensions from version 1.104 on.'))),
    ...reviewing(session),
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

const isPlace = (given: unknown): given is Place => typeof given === 'object' && given !== null && 'range' in given;

/** Ids of the actions that have a command, as the manifest says. */
function actionsOf(extension: vscode.Extension<unknown>): string[] {
  const declared = extension.packageJSON.contributes.commands as { command: string }[];
  const ids = declared.filter(({ command }) => command.startsWith(ACTION)).map(({ command }) => command.slice(ACTION.length));
  return ids.filter((id) => id !== 'commit_message');
}

const ACTION = 'coderoute.action.';

/** About an edit under review: the one that is named by its job, else the one at the cursor. */
function reviewing(session: Session): Record<string, Command> {
  const job = (given: unknown): string | undefined => (typeof given === 'string' ? given : undefined);
  const hunk = (given: unknown): number | undefined => (typeof given === 'number' ? given : undefined);
  return {
    keepEdit: (about) => session.reviews?.choose('keep', job(about)),
    undoEdit: (about) => session.reviews?.choose('undo', job(about)),
    retryEdit: (about) => session.reviews?.choose('retry', job(about)),
    showEditAnswer: (about) => session.reviews?.choose('show', job(about)),
    diffEdit: (about) => session.reviews?.diff(job(about)),
    keepChange: (about, which) => session.reviews?.decide('keep', job(about), hunk(which)),
    rejectChange: (about, which) => session.reviews?.decide('reject', job(about), hunk(which)),
    nextChange: () => session.reviews?.go(1),
    previousChange: () => session.reviews?.go(-1),
    cancelEdit: (about) => session.reviews?.escape(job(about)),
  };
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
    { title: 'CodeRoute', placeHolder: ours.length ? vscode.l10n.t('What should be done?') : vscode.l10n.t('Nothing can be done at the cursor') },
  );
  const command = picked?.action.command;
  if (command) await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
}

async function showSent(client: BaseLanguageClient, pages: TextPages): Promise<void> {
  await pages.show('sent', (await execute(client, 'coderoute.sent', {})).text);
}

async function editWithInstruction(client: BaseLanguageClient, pages: TextPages): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { InstructionBox } = await import('./client.js');
  const range = { ...client.code2ProtocolConverter.asRange(editor.selection) };
  const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
  await new InstructionBox(client, { uri, range }, () => showSent(client, pages)).open();
}
