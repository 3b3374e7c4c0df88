/** Edits under review: what they changed is marked until it is kept or rejected, as a whole or change by change. The server decides. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { SELECTOR } from './documents';
import { type EditUnderReview, REVIEW, type ReviewHunk } from './messages';
import { execute } from './requests';
import { BeforeEdits } from './reviewDiff';
import { drawnHunk, hunkAt, isInside, nextHunk } from './reviewDrawing';
import { lenses } from './reviewLenses';
import { Marks } from './reviewMarks';

/** For the keys' conditions in package.json. */
const REVIEWING = 'coderoute.reviewing';
const AT_CURSOR = 'coderoute.reviewAtCursor';
const WRITING = 'coderoute.writing';

export class Reviews implements vscode.Disposable, vscode.CodeLensProvider {
  /** By job, the newest last. */
  private readonly held = new Map<string, EditUnderReview>();
  private readonly marks = new Marks();
  private readonly before: BeforeEdits;
  private readonly news = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.news.event;
  private readonly parts: vscode.Disposable[];
  private context = '';

  constructor(private readonly client: () => BaseLanguageClient) {
    this.before = new BeforeEdits((job) => execute(this.client(), 'coderoute.beforeEdit', { job }).then(({ text }) => text));
    this.parts = [
      this.marks,
      this.before,
      this.news,
      vscode.languages.registerCodeLensProvider(SELECTOR, this),
      vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
      // What went stands behind what is typed within a line; other changes move lines, which the server tells.
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const within = contentChanges.every(({ range, text }) => range.isSingleLine && !text.includes('\n'));
        if (within && this.held.size) this.draw(document.uri.toString());
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.tellKeys()),
      vscode.window.onDidChangeTextEditorSelection(() => this.tellKeys()),
    ];
  }

  /** Listens to the server. */
  listen(): vscode.Disposable {
    return this.client().onNotification(REVIEW, (review: EditUnderReview) => this.told(review));
  }

  private told(review: EditUnderReview): void {
    const uri = this.uriOf(review);
    if (review.state === 'done') this.held.delete(review.job);
    else this.held.set(review.job, review);
    this.before.changed(review.job);
    this.draw(uri);
    this.news.fire();
  }

  /** Whether the user sees this edit's marks, and what can be done about it. */
  isOnScreen(job: string): boolean {
    const review = this.held.get(job);
    const editor = review && this.editorOf(review);
    return editor !== undefined && editor.document.uri.scheme !== 'vscode-notebook-cell';
  }

  // -- what is shown ----------------------------------------------------------------------------------------------------

  private draw(only?: string): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const uri = editor.document.uri.toString();
      if (only !== undefined && uri !== only) continue;
      // VS Code's own diff marks the same lines.
      const reviews = isInDiff(editor) ? [] : this.of(uri);
      const hunks = reviews.flatMap((review) => review.hunks ?? []);
      this.marks.draw(
        editor,
        hunks.map((hunk) => ({ hunk, drawn: drawnHunk(hunk, editor.document.lineCount) })),
      );
    }
    this.tellKeys();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.of(document.uri.toString()).flatMap((review) => lenses(review, document.lineCount));
  }

  private tellKeys(): void {
    const editor = vscode.window.activeTextEditor;
    const reviews = editor ? this.of(editor.document.uri.toString()) : [];
    const open = reviews.filter(({ state }) => state === 'open');
    const line = editor?.selection.active.line ?? 0;
    const values = {
      [REVIEWING]: open.length > 0,
      [AT_CURSOR]: open.some(({ hunks }) => isInside(hunks ?? [], line)),
      [WRITING]: reviews.length > open.length,
    };
    const context = JSON.stringify(values);
    if (context === this.context) return;
    this.context = context;
    for (const [key, value] of Object.entries(values)) void vscode.commands.executeCommand('setContext', key, value);
  }

  // -- what is decided --------------------------------------------------------------------------------------------------

  /** About all of an edit: this one, or the one at the cursor. */
  async choose(choice: 'keep' | 'undo' | 'retry' | 'show', job?: string): Promise<void> {
    const review = this.meant(job);
    if (review) await execute(this.client(), 'coderoute.choose', { job: review.job, choice });
  }

  /** About one change: this one, or the one at the cursor. */
  async decide(decision: 'keep' | 'reject', job?: string, hunk?: number): Promise<void> {
    const review = this.meant(job);
    const number = hunk ?? this.hunkAtCursor(review)?.hunk;
    if (!review || number === undefined) return;
    const about = { job: review.job, hunk: number, decision };
    const { done, message } = await execute(this.client(), 'coderoute.decideHunk', about);
    if (done) return;
    const reject = vscode.l10n.t('Reject with My Changes');
    const picked = await vscode.window.showWarningMessage(message ?? '', reject);
    if (picked === reject) await execute(this.client(), 'coderoute.decideHunk', { ...about, force: true });
  }

  /** Brings the cursor to the next change of any edit in this document, or to the previous one. */
  go(step: 1 | -1): void {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return;
    const hunks = this.of(editor.document.uri.toString())
      .flatMap((review) => review.hunks ?? [])
      .sort((one, other) => one.first - other.first);
    const hunk = nextHunk(hunks, editor.selection.active.line, step);
    if (!hunk) return;
    const at = new vscode.Position(Math.min(hunk.first, editor.document.lineCount - 1), 0);
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  async diff(job?: string): Promise<void> {
    const review = this.meant(job);
    if (review) await this.before.open(review, vscode.Uri.parse(this.uriOf(review)));
  }

  /** Cancels what is being written here, else takes back the finished edit at the cursor. */
  async escape(job?: string): Promise<void> {
    const here = this.of(vscode.window.activeTextEditor?.document.uri.toString() ?? '');
    const running = job ? this.held.get(job) : here.filter(({ state }) => state === 'writing').at(-1);
    if (running?.state === 'writing') await this.client().sendNotification('window/workDoneProgress/cancel', { token: running.job });
    else await this.choose('undo', job);
  }

  // -- which one is meant -----------------------------------------------------------------------------------------------

  private of(uri: string): EditUnderReview[] {
    return [...this.held.values()].filter((review) => this.uriOf(review) === uri);
  }

  private uriOf({ uri }: EditUnderReview): string {
    return this.client().protocol2CodeConverter.asUri(uri).toString();
  }

  private editorOf(review: EditUnderReview): vscode.TextEditor | undefined {
    return vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === this.uriOf(review));
  }

  /** The finished edit with this job, else the one that the cursor is in, else the newest one of the document. */
  private meant(job?: string): EditUnderReview | undefined {
    if (job) return this.held.get(job);
    const editor = vscode.window.activeTextEditor;
    if (!editor) return undefined;
    const open = this.of(editor.document.uri.toString()).filter(({ state }) => state === 'open');
    const line = editor.selection.active.line;
    return open.find(({ hunks }) => isInside(hunks ?? [], line)) ?? open.at(-1);
  }

  private hunkAtCursor(review: EditUnderReview | undefined): ReviewHunk | undefined {
    const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
    return hunkAt(review?.hunks ?? [], line);
  }

  dispose(): void {
    this.held.clear();
    this.draw();
    this.parts.forEach((part) => part.dispose());
  }
}

function isInDiff({ document, viewColumn }: vscode.TextEditor): boolean {
  return vscode.window.tabGroups.all.some(({ activeTab, viewColumn: column }) => {
    const input = activeTab?.input;
    const here = viewColumn === undefined || column === viewColumn;
    return here && input instanceof vscode.TabInputTextDiff && input.modified.toString() === document.uri.toString();
  });
}
