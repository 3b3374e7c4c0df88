/** Asks what should change: with who would answer and the price in view, qualities to choose, files to name, earlier instructions. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { type Box, type Entry, type Named, boxTitle, entries } from './instructionItems';
import { INSTRUCTIONS, type Instructions, PREVIEW, type Preview, type RunParams } from './messages';
import { execute } from './requests';

const PREVIEW_AFTER_MS = 150;
const RESTORED_MS = 50;
const title = (): string => vscode.l10n.t('Edit by instruction');
const REMOVE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('close'), tooltip: vscode.l10n.t('Leave it out') };
const EARLIER = 8;

interface Row extends vscode.QuickPickItem {
  entry: Entry;
}

export class InstructionBox {
  private readonly pick = vscode.window.createQuickPick<Row>();
  private box: Box = { instruction: '', floor: undefined, named: [] };
  private preview: Preview | undefined;
  private earlier: string[] = [];
  private looking: vscode.CancellationTokenSource | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Another list is open in front of this one; it comes back. */
  private away = false;
  /** The text is put back: VS Code reports that as if it were typed. */
  private restoring = false;

  constructor(
    private readonly client: BaseLanguageClient,
    private readonly place: Pick<RunParams, 'uri' | 'range'>,
    private readonly showSent: () => Promise<void>,
  ) {}

  async open(): Promise<void> {
    const { pick } = this;
    pick.title = title();
    pick.placeholder = vscode.l10n.t('What should change? Type @ to add a file, # to add a symbol');
    pick.ignoreFocusOut = true;
    pick.onDidChangeValue((value) => void this.typed(value));
    pick.onDidAccept(() => void this.accept(pick.activeItems[0]?.entry));
    pick.onDidTriggerItemButton(({ item }) => this.change({ named: this.box.named.filter((_, at) => at !== item.entry.at) }));
    pick.onDidHide(() => {
      if (!this.away) this.dispose();
    });
    this.draw();
    pick.show();
    this.look(0);
    this.earlier = (await this.client.sendRequest<Instructions>(INSTRUCTIONS, {})).items ?? [];
    this.draw();
  }

  private async typed(value: string): Promise<void> {
    if (this.restoring && (value === '' || value === this.box.instruction)) return;
    const asksFor = /(^|\s)([@#])$/.exec(value)?.[2];
    this.change({ instruction: asksFor ? value.slice(0, -1) : value });
    if (!asksFor) return;
    this.pick.value = this.box.instruction;
    await this.add(asksFor === '@' ? pickFile : pickSymbol);
  }

  private async accept(entry: Entry | undefined): Promise<void> {
    switch (entry?.kind) {
      case 'send':
        this.pick.hide();
        await execute(this.client, 'coderoute.run', this.params());
        return;
      case 'quality':
        return this.change({ floor: entry.floor });
      case 'addFile':
        return this.add(pickFile);
      case 'addSymbol':
        return this.add(pickSymbol);
      case 'earlier':
        this.pick.value = entry.instruction ?? '';
        return this.change({ instruction: entry.instruction ?? '' });
      case 'sent':
        this.pick.hide();
        return this.showSent();
      default: // a row that only tells
    }
  }

  private async add(choose: (client: BaseLanguageClient) => Promise<Named | undefined>): Promise<void> {
    this.away = true;
    try {
      const named = await choose(this.client);
      if (named) this.change({ named: [...this.box.named, named] });
    } finally {
      this.away = false;
      this.comeBack();
    }
  }

  /** Shows the box again with the cursor behind the text: VS Code would mark all of it, and the next key replace it. */
  private comeBack(): void {
    const { pick, box } = this;
    this.restoring = true;
    pick.value = '';
    pick.show();
    setTimeout(() => {
      pick.value = box.instruction;
      setTimeout(() => (this.restoring = false), RESTORED_MS);
    }, RESTORED_MS);
  }

  private change(part: Partial<Box>): void {
    this.box = { ...this.box, ...part };
    this.draw();
    this.look(PREVIEW_AFTER_MS);
  }

  private params(): RunParams {
    const { instruction, floor, named } = this.box;
    return { action: 'edit', ...this.place, instruction, context: named.map(({ context }) => context), ...(floor === undefined ? {} : { floor }) };
  }

  /** Ask the server what this would do, once nothing was typed for a moment; an earlier question is given up. */
  private look(after: number): void {
    clearTimeout(this.timer);
    this.looking?.cancel();
    const looking = (this.looking = new vscode.CancellationTokenSource());
    this.timer = setTimeout(async () => {
      try {
        const preview = await this.client.sendRequest<Preview>(PREVIEW, this.params(), looking.token);
        if (looking.token.isCancellationRequested) return;
        this.preview = preview;
      } catch (error) {
        if (looking.token.isCancellationRequested) return;
        this.preview = { problem: error instanceof Error ? error.message : String(error) };
      }
      this.draw();
    }, after);
  }

  private draw(): void {
    const { pick } = this;
    const active = pick.activeItems[0]?.entry;
    pick.title = boxTitle(title(), this.preview);
    const rows = entries(this.box, this.preview, this.earlier.slice(0, EARLIER)).map(toRow);
    pick.items = rows;
    // The list is drawn anew while one moves in it: what was under the cursor stays there. Typing leads back to the first row.
    const same = rows.find(({ entry }) => active && entry.kind === active.kind && entry.floor === active.floor && entry.at === active.at && entry.instruction === active.instruction);
    const target = same && same.entry.kind !== 'send' && same.entry.kind !== 'problem' ? same : rows[0];
    if (target) pick.activeItems = [target];
  }

  private dispose(): void {
    clearTimeout(this.timer);
    this.looking?.cancel();
    this.pick.dispose();
  }
}

function toRow(entry: Entry): Row {
  return {
    entry,
    label: entry.label,
    alwaysShow: true,
    ...(entry.kind === 'separator' ? { kind: vscode.QuickPickItemKind.Separator } : {}),
    ...(entry.description ? { description: entry.description } : {}),
    ...(entry.detail ? { detail: entry.detail } : {}),
    ...(entry.kind === 'named' ? { buttons: [REMOVE] } : {}),
  };
}

const LISTED_FILES = 2_000;

/** A file of the workspace. What is ignored is not even listed by VS Code's own rules; the server has the last word. */
async function pickFile(client: BaseLanguageClient): Promise<Named | undefined> {
  const selection = vscode.window.activeTextEditor;
  const files = await vscode.workspace.findFiles('**/*', undefined, LISTED_FILES);
  const rows = files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri, selected: false }));
  rows.sort((one, two) => one.label.localeCompare(two.label));
  const others = vscode.window.visibleTextEditors.filter((editor) => editor !== selection && !editor.selection.isEmpty);
  const marked = others.map((editor) => ({ label: vscode.l10n.t('$(list-selection) Selection in {0}', vscode.workspace.asRelativePath(editor.document.uri)), uri: editor.document.uri, editor }));
  const picked = await vscode.window.showQuickPick([...marked, ...rows], { title: vscode.l10n.t('A file that the model sees'), placeHolder: vscode.l10n.t('Name of the file') });
  if (!picked) return undefined;
  const uri = client.code2ProtocolConverter.asUri(picked.uri);
  if (!('editor' in picked)) return { context: { uri }, label: picked.label };
  return { context: { uri, range: { ...client.code2ProtocolConverter.asRange(picked.editor.selection) } }, label: picked.label };
}

/** A function, a class or a type, found by VS Code's own providers. */
async function pickSymbol(client: BaseLanguageClient): Promise<Named | undefined> {
  const query = await vscode.window.showInputBox({ title: vscode.l10n.t('A symbol that the model sees'), prompt: vscode.l10n.t('Its name, or a part of it') });
  if (!query?.trim()) return undefined;
  const found = (await vscode.commands.executeCommand<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', query.trim())) ?? [];
  const rows = found.map(({ name, containerName, location }) => ({
    label: name,
    description: `${containerName ? `${containerName} · ` : ''}${vscode.workspace.asRelativePath(location.uri)}`,
    location,
  }));
  const picked = await vscode.window.showQuickPick(rows, {
    title: vscode.l10n.t('A symbol that the model sees'),
    placeHolder: rows.length ? vscode.l10n.t('Which one?') : vscode.l10n.t('No symbol has this name; its language may need an extension'),
  });
  if (!picked) return undefined;
  const uri = client.code2ProtocolConverter.asUri(picked.location.uri);
  // The definition as our own parser finds it by name: providers may know the name's place alone.
  return { context: { uri, symbol: picked.label.replace(/\(.*$/, '') }, label: picked.label };
}
