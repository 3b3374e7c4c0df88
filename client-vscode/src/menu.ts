/** What a click on the status bar offers. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type { QualityParams, Status } from './messages';
import { execute } from './requests';
import type { Session } from './session';
import { dollars } from './status';

type Quality = QualityParams['quality'];

const QUALITIES: { quality: Quality; detail: string }[] = [
  { quality: 'economy', detail: 'Lower floors: cheaper models take over sooner' },
  { quality: 'balanced', detail: 'Every action with its usual floor' },
  { quality: 'best', detail: 'Higher floors: stronger and dearer models' },
];

export async function showMenu(session: Session): Promise<void> {
  const picked = await vscode.window.showQuickPick(entries(session.status.last), {
    title: session.status.last?.message || 'CodeRoute',
    placeHolder: 'What would you like to know or change?',
  });
  if (picked?.command) await vscode.commands.executeCommand(picked.command);
}

function entries(status: Status | undefined): (vscode.QuickPickItem & { command?: string })[] {
  const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const server = [
    separator('Server'),
    { label: '$(key) Set API key…', command: 'coderoute.setKey' },
    { label: '$(output) Open log', command: 'coderoute.showLog' },
    { label: '$(debug-restart) Restart the server', command: 'coderoute.restart' },
    { label: '$(cloud-download) Install the server…', description: 'the one that comes with the extension', command: 'coderoute.installServer' },
    { label: "$(folder) Set the server's path…", command: 'coderoute.setServerPath' },
  ];
  if (!status) return server;
  return [
    { label: '$(question) Why this model?', description: status.model ?? '', command: 'coderoute.showWhy' },
    { label: '$(wand) Act on the code at the cursor…', command: 'coderoute.showActions' },
    separator('Settings'),
    { label: '$(settings) Quality for this workspace…', description: status.quality ?? '', command: 'coderoute.chooseQuality' },
    { label: '$(arrow-up) Floor of an action…', command: 'coderoute.chooseFloor' },
    status.state === 'paused'
      ? { label: '$(debug-continue) Resume', command: 'coderoute.togglePause' }
      : { label: '$(debug-pause) Pause', command: 'coderoute.togglePause' },
    separator('Insight'),
    { label: '$(graph) Usage', description: `${dollars(status.todayUsd ?? 0)} today`, command: 'coderoute.showUsage' },
    ...server,
  ];
}

/** The workspace folder of the document in view, or the first one. */
function currentFolder(): vscode.WorkspaceFolder | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return (document && vscode.workspace.getWorkspaceFolder(document.uri)) ?? vscode.workspace.workspaceFolders?.[0];
}

/** Writes the preset into the folder's coderoute.toml, which holds for every editor. */
export async function chooseQuality(client: BaseLanguageClient, current: string | undefined): Promise<void> {
  const folder = currentFolder();
  if (!folder) {
    void vscode.window.showInformationMessage('Open a folder first: the quality is written into its coderoute.toml.');
    return;
  }
  const picked = await vscode.window.showQuickPick(
    QUALITIES.map(({ quality, detail }) => ({ label: quality, detail, quality, description: quality === current ? 'now' : '' })),
    { title: `Quality for ${folder.name}`, placeHolder: 'Written into coderoute.toml' },
  );
  if (!picked) return;
  const uri = client.code2ProtocolConverter.asUri(folder.uri);
  await execute(client, 'coderoute.setQuality', { uri, quality: picked.quality });
}

/** Asks for an action and its floor, and writes it into the workspace's settings. */
export async function chooseFloor(extension: vscode.Extension<unknown>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('coderoute', currentFolder()?.uri ?? null);
  const picked = await vscode.window.showQuickPick(
    floors(extension).map(({ key, title }) => ({ label: title, description: `${configuration.get(key) ?? 'default'}`, key })),
    { title: 'Floor of an action', placeHolder: 'The score that a model must reach' },
  );
  if (!picked) return;
  const typed = await vscode.window.showInputBox({
    title: `Floor of ${picked.label}`,
    prompt: 'From 0 to 1; empty for the default',
    value: `${configuration.get(picked.key) ?? ''}`,
    validateInput: (value) => (isFloor(value) ? undefined : 'A number from 0 to 1'),
  });
  if (typed === undefined) return;
  const target = vscode.workspace.workspaceFolders ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update(picked.key, typed.trim() ? Number(typed) : undefined, target);
}

export function isFloor(text: string): boolean {
  const value = Number(text);
  return !text.trim() || (value >= 0 && value <= 1);
}

interface Section {
  title: string;
  properties: Record<string, unknown>;
}

function floors(extension: vscode.Extension<unknown>): { key: string; title: string }[] {
  const sections = extension.packageJSON.contributes.configuration as Section[];
  return sections.flatMap(({ title, properties }) =>
    Object.keys(properties)
      .filter((name) => name.endsWith('.minCodingScore'))
      .map((name) => ({ key: name.slice('coderoute.'.length), title: title.replace(/^Action: /, '') })),
  );
}
