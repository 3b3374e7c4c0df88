/** Next edits: shown where they would be, led to and taken by Tab, rejected by Escape. Ghost text and the menu come first. */
import * as vscode from 'vscode';
import type { Diagnostic, Range, TextEdit } from 'vscode-languageserver-protocol';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { isSupported } from './documents';
import {
  type Json,
  NEXT_EDIT,
  NEXT_EDIT_OUTCOME,
  type NextEditAnswer,
  type NextEditOffered,
  type NextEditOutcome,
  type NextEditParams,
} from './messages';
import { drawn } from './nextEditDrawing';

/** For the keys' conditions in package.json. */
const SHOWN = 'coderoute.nextEditShown';
const ON = 'coderoute.nextEditsOn';
const MOST_DIAGNOSTICS = 20;
const REST_MS = 400;

interface Change {
  range: vscode.Range;
  text: string;
}

interface Shown {
  offer: NextEditOffered;
  uri: vscode.Uri;
  place: vscode.Range;
  changes: Change[];
}

const theme = (id: string): vscode.ThemeColor => new vscode.ThemeColor(id);

export class NextEdits implements vscode.Disposable {
  private shown: Shown | undefined;
  private asking: vscode.CancellationTokenSource | undefined;
  private on = false;
  /** The change that is being made is ours. */
  private taking = false;
  private resting: NodeJS.Timeout | undefined;
  private readonly goes = vscode.window.createTextEditorDecorationType({
    backgroundColor: theme('diffEditor.removedTextBackground'),
    textDecoration: 'line-through',
  });
  private readonly comes = vscode.window.createTextEditorDecorationType({});
  private readonly hint = vscode.window.createTextEditorDecorationType({});
  private readonly parts: vscode.Disposable[];

  constructor(
    private readonly client: () => BaseLanguageClient,
    private readonly ghostIsShown: () => boolean,
  ) {
    this.parts = [
      this.goes,
      this.comes,
      this.hint,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length) this.changed(document);
      }),
      vscode.window.onDidChangeTextEditorSelection(() => this.moved()),
      vscode.window.onDidChangeTextEditorVisibleRanges(() => this.draw()),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (this.shown && editor?.document.uri.toString() !== this.shown.uri.toString()) this.hide();
        else this.draw();
      }),
      vscode.workspace.onDidSaveTextDocument(() => this.again()),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        const here = vscode.window.activeTextEditor?.document.uri.toString();
        if (uris.some((uri) => uri.toString() === here)) this.again();
      }),
    ];
  }

  /** What the server says of the settings: where next edits are off, nothing is asked. */
  enable(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    void vscode.commands.executeCommand('setContext', ON, on);
    if (on) this.again();
    else this.hide();
  }

  /** The user wants to know now. */
  suggest(): void {
    this.hide();
    void this.ask(true);
  }

  reject(): void {
    this.end('rejected');
  }

  /** Takes the suggestion away; the user has not said what they think of it. */
  hide(): void {
    this.asking?.cancel();
    this.asking = undefined;
    this.end('ignored');
  }

  private changed(document: vscode.TextDocument): void {
    if (this.taking) return;
    const about = document.uri.toString();
    if (about === this.shown?.uri.toString() || about === vscode.window.activeTextEditor?.document.uri.toString()) {
      this.hide();
      void this.ask(false);
    }
  }

  /** Asked again once the cursor rests: what ghost text or the menu stood before may be shown now. */
  private moved(): void {
    this.draw();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.again(), REST_MS);
  }

  private again(): void {
    if (!this.shown && !this.asking) void this.ask(false);
  }

  private async ask(invoked: boolean): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const client = this.client();
    if (!this.on || !editor || !isSupported(editor.document) || !client.isRunning()) return;
    this.asking?.cancel();
    const asking = (this.asking = new vscode.CancellationTokenSource());
    await Promise.resolve(); // the client tells the server of the change first
    const { document } = editor;
    const params: NextEditParams = {
      uri: client.code2ProtocolConverter.asUri(document.uri),
      version: document.version,
      position: client.code2ProtocolConverter.asPosition(editor.selection.active) as unknown as Json,
      diagnostics: this.diagnostics(document, client) as unknown as Json[],
      invoked,
    };
    try {
      const { edit } = await client.sendRequest<NextEditAnswer>(NEXT_EDIT, params, asking.token);
      const stale = asking.token.isCancellationRequested || document.version !== params.version;
      if (edit && !stale && vscode.window.activeTextEditor === editor && !this.ghostIsShown()) this.show(edit, client);
    } catch {
      // cancelled, or the server ended: there is nothing to show
    } finally {
      if (this.asking === asking) this.asking = undefined;
      asking.dispose();
    }
  }

  private diagnostics(document: vscode.TextDocument, client: BaseLanguageClient): Diagnostic[] {
    const worth = vscode.languages.getDiagnostics(document.uri).filter((each) => each.severity <= vscode.DiagnosticSeverity.Warning);
    return worth.slice(0, MOST_DIAGNOSTICS).map((each) => client.code2ProtocolConverter.asDiagnostic(each));
  }

  private show(offer: NextEditOffered, client: BaseLanguageClient): void {
    const uri = client.protocol2CodeConverter.asUri(offer.uri);
    const document = documentOf(uri);
    if (!document || document.version !== offer.version) return;
    const range = (raw: unknown): vscode.Range => client.protocol2CodeConverter.asRange(raw as Range);
    const changes = (offer.edits ?? []).map((raw) => {
      const edit = raw as unknown as TextEdit;
      return { range: range(edit.range), text: edit.newText };
    });
    this.shown = { offer, uri, place: range(offer.place), changes };
    this.draw();
    void vscode.commands.executeCommand('setContext', SHOWN, true);
    this.tell('shown');
  }

  private tell(outcome: NextEditOutcome['outcome']): void {
    if (!this.shown) return;
    const said: NextEditOutcome = { item: this.shown.offer.item, outcome };
    if (this.client().isRunning()) void this.client().sendNotification(NEXT_EDIT_OUTCOME, said);
  }

  /** It is over, in this way. */
  private end(outcome: NextEditOutcome['outcome']): void {
    if (!this.shown) return;
    this.tell(outcome);
    this.shown = undefined;
    void vscode.commands.executeCommand('setContext', SHOWN, false);
    this.draw();
  }

  // -- what is drawn ----------------------------------------------------------------------------------------------------

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const here = this.shown?.uri.toString() === editor.document.uri.toString() ? this.shown : undefined;
      const found = (here?.changes ?? []).flatMap((change) => pieces(change, editor.document));
      editor.setDecorations(this.goes, found.map(({ range }) => range).filter((range) => !range.isEmpty));
      editor.setDecorations(this.comes, found.filter(({ text }) => text).map(({ range, text }) => incoming(range.end, text)));
      editor.setDecorations(this.hint, editor === vscode.window.activeTextEditor ? this.hints(editor) : []);
    }
  }

  private hints(editor: vscode.TextEditor): vscode.DecorationOptions[] {
    if (!this.shown || !(this.isAway(editor) || this.shown.offer.kind === 'rename')) return [];
    const line = editor.document.lineAt(editor.selection.active.line).range.end;
    const contentText = `\u00a0\u00a0⇥ ${hintText(this.shown, editor).replaceAll(' ', '\u00a0')}`;
    return [{ range: new vscode.Range(line, line), renderOptions: { after: { contentText, color: theme('editorCodeLens.foreground') } } }];
  }

  /** Whether the user has to be led to the place before they can see it. */
  private isAway(editor: vscode.TextEditor): boolean {
    if (!this.shown) return false;
    const { offer, uri, place } = this.shown;
    if (editor.document.uri.toString() !== uri.toString()) return true;
    if (!editor.visibleRanges.some((visible) => visible.contains(place.start))) return true;
    return (offer.far === true || offer.kind === 'jump') && editor.selection.active.line !== place.start.line;
  }

  // -- what the keys do -------------------------------------------------------------------------------------------------

  /** Leads to the suggestion, or takes it where it can be seen. */
  async take(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const { shown } = this;
    if (!editor || !shown) return;
    if (documentOf(shown.uri)?.version !== shown.offer.version) return this.hide();
    if (this.isAway(editor)) {
      await this.go(editor, shown);
      if (shown.offer.kind !== 'jump') return;
    } else if (shown.offer.kind === 'rename') {
      await rename(shown);
    } else if (!(await this.apply(editor, shown.changes))) {
      return this.hide();
    }
    if (this.shown === shown) this.end('accepted');
    await this.ask(false);
  }

  private async apply(editor: vscode.TextEditor, changes: Change[]): Promise<boolean> {
    this.taking = true;
    try {
      return await apply(editor, changes);
    } finally {
      this.taking = false;
    }
  }

  private async go(from: vscode.TextEditor, { uri, place }: Shown): Promise<void> {
    const same = from.document.uri.toString() === uri.toString();
    const editor = same ? from : await vscode.window.showTextDocument(uri);
    editor.selection = new vscode.Selection(place.start, place.start);
    editor.revealRange(place, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.draw();
  }

  dispose(): void {
    clearTimeout(this.resting);
    this.hide();
    this.enable(false);
    this.parts.forEach((part) => part.dispose());
  }
}

function documentOf(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}

/** What goes and comes, in the document's own places. */
function pieces({ range, text }: Change, document: vscode.TextDocument): Change[] {
  const start = document.offsetAt(range.start);
  return drawn(document.getText(range), text).map((piece) => ({
    range: new vscode.Range(document.positionAt(start + piece.start), document.positionAt(start + piece.end)),
    text: piece.text,
  }));
}

function incoming(at: vscode.Position, text: string): vscode.DecorationOptions {
  const after = {
    contentText: text.replaceAll(/[ \t]/g, '\u00a0'), // the page would fold blanks into one
    backgroundColor: theme('diffEditor.insertedTextBackground'),
    color: theme('editor.foreground'),
    margin: '0 0 0 0.3em',
  };
  return { range: new vscode.Range(at, at), renderOptions: { after } };
}

function hintText({ offer, uri, place }: Shown, editor: vscode.TextEditor): string {
  const elsewhere = editor.document.uri.toString() !== uri.toString();
  const file = elsewhere ? `${uri.path.split('/').at(-1)} ` : '';
  const arrow = elsewhere ? '→' : place.start.line > editor.selection.active.line ? '↓' : '↑';
  const what = { jump: 'go to', rename: `rename to ${offer.name},`, replace_all: `${offer.edits?.length} places from`, edit: 'next edit,' };
  return `${what[offer.kind]} ${file}line ${place.start.line + 1} ${arrow}`;
}

/** All changes as one undo step; the cursor goes behind the last one. */
async function apply(editor: vscode.TextEditor, changes: Change[]): Promise<boolean> {
  const { document } = editor;
  const shift = changes.slice(0, -1).reduce((sum, { range, text }) => sum + text.length - document.getText(range).length, 0);
  const last = changes.at(-1);
  if (!last) return false;
  const end = document.offsetAt(last.range.start) + shift + last.text.length;
  const done = await editor.edit((builder) => changes.forEach(({ range, text }) => builder.replace(range, text)), {
    undoStopBefore: true,
    undoStopAfter: true,
  });
  if (done) {
    const cursor = document.positionAt(end);
    editor.selection = new vscode.Selection(cursor, cursor);
    editor.revealRange(new vscode.Range(cursor, cursor));
  }
  return done;
}

async function rename({ uri, place, offer }: Shown): Promise<void> {
  const command = 'vscode.executeDocumentRenameProvider';
  const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit | undefined>(command, uri, place.start, offer.name);
  if (edit) await vscode.workspace.applyEdit(edit);
}
