/** What a click on the status bar offers. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type { QualityParams, Status } from './messages';
import { execute } from './requests';
import type { Session } from './session';
import { budgetBar, budgetText } from './control';
import { timeOf } from './status';

type Quality = QualityParams['quality'];

const qualities = (): { quality: Quality; detail: string }[] => [
  { quality: 'economy', detail: vscode.l10n.t('Lower floors: cheaper models take over sooner') },
  { quality: 'balanced', detail: vscode.l10n.t('Every action with its usual floor') },
  { quality: 'best', detail: vscode.l10n.t('Higher floors: stronger and dearer models') },
];

export async function showMenu(session: Session): Promise<void> {
  const picked = await vscode.window.showQuickPick(entries(session.status.last), {
    title: session.status.last?.message || 'CodeRoute',
    placeHolder: vscode.l10n.t('What would you like to know or change?'),
  });
  if (picked?.command) await vscode.commands.executeCommand(picked.command);
}

type Entry = vscode.QuickPickItem & { command?: string };

const separator = (label: string): Entry => ({ label, kind: vscode.QuickPickItemKind.Separator });

function entries(status: Status | undefined): Entry[] {
  return status ? [...doing(status), ...settings(status), ...insight(status), ...server()] : server();
}

const doing = (status: Status): Entry[] => [
  { label: vscode.l10n.t('$(question) Why this model?'), description: status.model ?? '', command: 'coderoute.showWhy' },
  { label: vscode.l10n.t('$(wand) Act on the code at the cursor…'), command: 'coderoute.showActions' },
  { label: vscode.l10n.t('$(note) Prompts of your own…'), command: 'coderoute.showPrompts' },
];

function settings(status: Status): Entry[] {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const off = language !== undefined && (status.languagesOff ?? []).includes(language);
  const until = status.snoozedUntil ? vscode.l10n.t('until {0}', timeOf(status.snoozedUntil)) : '';
  return [
    separator(vscode.l10n.t('Settings')),
    { label: vscode.l10n.t('$(list-selection) Model of an action…'), command: 'coderoute.pickModel' },
    { label: vscode.l10n.t('$(settings) Quality for this workspace…'), description: status.quality ?? '', command: 'coderoute.chooseQuality' },
    { label: vscode.l10n.t('$(arrow-up) Floor of an action…'), command: 'coderoute.chooseFloor' },
    { label: vscode.l10n.t('$(bell-slash) Snooze suggestions…'), description: until, command: 'coderoute.snoozeSuggestions' },
    ...(language
      ? [
          {
            label: off ? vscode.l10n.t('$(eye) Suggest in {0} again', language) : vscode.l10n.t('$(eye-closed) Suggest nothing in {0}', language),
            command: 'coderoute.switchThisLanguage',
          },
        ]
      : []),
    status.state === 'paused'
      ? { label: vscode.l10n.t('$(debug-continue) Resume'), command: 'coderoute.togglePause' }
      : { label: vscode.l10n.t('$(debug-pause) Pause'), command: 'coderoute.togglePause' },
  ];
}

const insight = (status: Status): Entry[] => [
  separator(vscode.l10n.t('Insight')),
  {
    label: vscode.l10n.t('$(graph) Usage'),
    description: `${budgetBar(status.todayUsd ?? 0, status.dailyUsd ?? 0)} ${budgetText(status)}`,
    command: 'coderoute.showUsage',
  },
];

const server = (): Entry[] => [
  separator(vscode.l10n.t('Server')),
  { label: vscode.l10n.t('$(key) Set API key…'), command: 'coderoute.setKey' },
  { label: vscode.l10n.t('$(output) Open log'), command: 'coderoute.showLog' },
  { label: vscode.l10n.t('$(debug-restart) Restart the server'), command: 'coderoute.restart' },
  {
    label: vscode.l10n.t('$(cloud-download) Install the server…'),
    description: vscode.l10n.t('the one that comes with the extension'),
    command: 'coderoute.installServer',
  },
  { label: vscode.l10n.t("$(folder) Set the server's path…"), command: 'coderoute.setServerPath' },
];

/** The workspace folder of the document in view, or the first one. */
function currentFolder(): vscode.WorkspaceFolder | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return (document && vscode.workspace.getWorkspaceFolder(document.uri)) ?? vscode.workspace.workspaceFolders?.[0];
}

/** Writes the preset into the folder's coderoute.toml, which holds for every editor. */
export async function chooseQuality(client: BaseLanguageClient, current: string | undefined): Promise<void> {
  const folder = currentFolder();
  if (!folder) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a folder first: the quality is written into its coderoute.toml.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(
    qualities().map(({ quality, detail }) => ({ label: quality, detail, quality, description: quality === current ? vscode.l10n.t('now') : '' })),
    { title: vscode.l10n.t('Quality for {0}', folder.name), placeHolder: vscode.l10n.t('Written into coderoute.toml') },
  );
  if (!picked) return;
  const uri = client.code2ProtocolConverter.asUri(folder.uri);
  await execute(client, 'coderoute.setQuality', { uri, quality: picked.quality });
}

/** Asks for an action and its floor, and writes it into the workspace's settings. */
export async function chooseFloor(extension: vscode.Extension<unknown>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('coderoute', currentFolder()?.uri ?? null);
  const picked = await vscode.window.showQuickPick(
    floors(extension).map(({ key, title }) => ({ label: title, description: `${configuration.get(key) ?? vscode.l10n.t('default')}`, key })),
    { title: vscode.l10n.t('Floor of an action'), placeHolder: vscode.l10n.t('The score that a model must reach') },
  );
  if (!picked) return;
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Floor of {0}', picked.label),
    prompt: vscode.l10n.t('From 0 to 1; empty for the default'),
    value: `${configuration.get(picked.key) ?? ''}`,
    validateInput: (value) => (isFloor(value) ? undefined : vscode.l10n.t('A number from 0 to 1')),
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
