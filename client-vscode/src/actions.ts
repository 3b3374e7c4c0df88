/** Actions by name, from the palette, a key, a menu or a lens; and prompts of one's own, which are actions too. */
import * as path from 'path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type { Json } from './messages';
import { execute } from './requests';

/** What a key, a menu or a lens may say; without it: the selection of the editor in front. */
export interface Place {
  uri?: string;
  range?: vscode.Range;
  /** Ask this offer, this time. */
  offer?: string;
}

/** Starts an action; says what to do where it needs a problem and there is none. */
export async function runAction(client: BaseLanguageClient, action: string, place: Place = {}): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const uri = place.uri ? vscode.Uri.parse(place.uri, true) : editor?.document.uri;
  const range = place.range ?? editor?.selection;
  if (!uri || !range) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a file and put the cursor where something should be done.'));
    return;
  }
  const diagnostics = NEED_A_PROBLEM.has(action) ? problemsAt(client, uri, range) : [];
  if (NEED_A_PROBLEM.has(action) && !diagnostics.length) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no problem at the cursor: go to one with F8, then ask again.'));
    return;
  }
  await execute(client, 'coderoute.run', {
    action,
    uri: client.code2ProtocolConverter.asUri(uri),
    range: { ...client.code2ProtocolConverter.asRange(range) },
    diagnostics,
    ...(place.offer ? { offer: place.offer } : {}),
    ...(action === 'edit' ? { ask: true } : {}),
  });
}

const NEED_A_PROBLEM = new Set(['fix', 'explain_error']);

function problemsAt(client: BaseLanguageClient, uri: vscode.Uri, range: vscode.Range): Json[] {
  const found = vscode.languages.getDiagnostics(uri).filter((each) => each.range.intersection(range));
  return found.map((each) => ({ ...client.code2ProtocolConverter.asDiagnostic(each) }));
}

/** Lists the user's own prompts and those of the folder, to run one, look at its file, or begin another. */
export async function showPrompts(client: BaseLanguageClient): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const offered = await execute(client, 'coderoute.actions', { uri: uri ? client.code2ProtocolConverter.asUri(uri) : '' });
  const open: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: vscode.l10n.t('Open the file') };
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { id?: string; file?: string; create?: boolean }>();
  picker.title = vscode.l10n.t('Prompts of your own');
  picker.placeholder = vscode.l10n.t('Run one at the cursor, or begin another');
  picker.items = [
    ...(offered.actions ?? [])
      .filter(({ file }) => file)
      .map(({ id, title, file }) => ({ label: title, id, file: file ?? '', description: shortened(file ?? ''), buttons: [open] })),
    ...(offered.problems ?? []).map((problem) => ({ label: `$(warning) ${shortened(problem)}`, file: problem.split(': ')[0] ?? '', alwaysShow: true })),
    { label: vscode.l10n.t('$(add) New prompt…'), create: true, alwaysShow: true },
  ];
  picker.onDidTriggerItemButton(({ item }) => void show(item.file));
  picker.onDidAccept(async () => {
    const [picked] = picker.selectedItems;
    picker.hide();
    if (picked?.create) await newPrompt(offered.promptsFolder ?? '');
    else if (picked?.id) await runAction(client, picked.id);
    else await show(picked?.file);
  });
  picker.onDidHide(() => picker.dispose());
  picker.show();
}

/** A file, or what is said of one, without the folders of the user's own. */
function shortened(said: string): string {
  const [file = '', ...rest] = said.split(': ');
  const known = vscode.workspace.asRelativePath(file);
  return [known === file ? path.basename(file) : known, ...rest].join(': ');
}

async function show(file: string | undefined): Promise<void> {
  if (file) await vscode.window.showTextDocument(vscode.Uri.file(file));
}

/** A file that says what goes where, to be saved in the user's folder. */
async function newPrompt(folder: string): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('New prompt'),
    prompt: vscode.l10n.t('Its file is called NAME.md: small letters, digits, - and _'),
    placeHolder: 'review-naming',
    validateInput: (value) => (isPromptName(value) ? undefined : vscode.l10n.t('Small letters, digits, - and _, beginning with a letter')),
  });
  if (!name) return;
  const file = vscode.Uri.joinPath(vscode.Uri.file(folder), `${name}.md`);
  const there = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (!there) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(starter(name)));
  await vscode.window.showTextDocument(file);
}

export const isPromptName = (name: string): boolean => /^[a-z][a-z0-9_-]{0,39}$/.test(name);

/** What a new file holds: a header that is valid, and a hint. */
export function starter(name: string): string {
  const title = name.charAt(0).toUpperCase() + name.slice(1).replace(/[-_]+/g, ' ');
  const hint = vscode.l10n.t('Say here what to do with the lines at the cursor. $language and $path stand for those of the file.');
  return `+++\ntitle = "${title}"\nfloor = 0.65\nsurface = "report"  # or "edit"\n+++\n\n${hint}\n`;
}
