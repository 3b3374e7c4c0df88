/** Partly accepted ghost text. VS Code runs an item's command only when all of it was accepted, so words and lines are seen here. */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import type { AcceptParams } from './messages';

type Provide = NonNullable<Middleware['provideInlineCompletionItems']>;

export interface Shown {
  item: string;
  /** All of the item's text from the start of its range on. */
  text: string;
  uri: string;
  /** Offset where the text starts. */
  start: number;
  /** How much of it stands in the document already. */
  done: number;
}

export interface Inserted {
  offset: number;
  removed: number;
  text: string;
}

/** The item after this change: grown by what was inserted of it, or undefined when it no longer holds. */
export function follow(shown: Shown, change: Inserted): Shown | undefined {
  const continues = change.removed === 0 && change.offset === shown.start + shown.done;
  if (!continues || !shown.text.startsWith(change.text, shown.done)) return undefined;
  return { ...shown, done: shown.done + change.text.length };
}

/** A word or a line was accepted: more than a key press could type, and less than everything. */
export function acceptedPart(before: Shown, after: Shown): boolean {
  const part = after.text.slice(before.done, after.done);
  return part.length > 1 && /\w/.test(part) && after.done < after.text.length;
}

/** Remembers what is offered, and reports the parts of it that are accepted. */
export class GhostText implements vscode.Disposable {
  private shown: Shown | undefined;
  /** The next question is the server's wish, not the user's. */
  private unasked = false;
  private readonly listening: vscode.Disposable;

  /** ``offered``: something is about to be shown, or the menu is open, which comes first as well. */
  constructor(
    private readonly report: (params: AcceptParams) => void,
    private readonly offered: () => void = () => undefined,
  ) {
    this.listening = vscode.workspace.onDidChangeTextDocument((event) => this.changed(event));
  }

  readonly provide: Provide = async (document, position, context, token, next) => {
    const automatic = this.unasked ? { ...context, triggerKind: vscode.InlineCompletionTriggerKind.Automatic } : context;
    this.unasked = false;
    if (context.selectedCompletionInfo) this.offered();
    const answer = await next(document, position, automatic, token);
    const item = (Array.isArray(answer) ? answer : answer?.items)?.[0];
    const params = item?.command?.arguments?.[0] as AcceptParams | undefined;
    if (item && params && typeof item.insertText === 'string' && !token.isCancellationRequested) {
      const start = document.offsetAt(item.range?.start ?? position);
      this.offered();
      this.shown = { item: params.item, text: item.insertText, uri: document.uri.toString(), start, done: document.offsetAt(position) - start };
    }
    return answer;
  };

  /** Whether something is offered at the cursor, as far as can be known: VS Code does not tell that it was dismissed. */
  isShown(): boolean {
    const editor = vscode.window.activeTextEditor;
    if (!this.shown || editor?.document.uri.toString() !== this.shown.uri) return false;
    const { start, done, text } = this.shown;
    return done < text.length && editor.document.offsetAt(editor.selection.active) === start + done;
  }

  /** A better answer than the one shown is there: show it, unless the cursor has moved on. */
  async again(uri: string): Promise<void> {
    if (this.shown?.uri !== uri || !this.isShown()) return;
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide'); // VS Code would keep what is shown in front
    this.unasked = true;
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  }

  private changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const before = this.shown;
    if (!before || document.uri.toString() !== before.uri || !contentChanges.length) return;
    const change = contentChanges.length === 1 ? contentChanges[0] : undefined;
    this.shown = change && follow(before, { offset: change.rangeOffset, removed: change.rangeLength, text: change.text });
    if (this.shown && acceptedPart(before, this.shown)) this.report({ item: before.item, chars: this.shown.done });
  }

  dispose(): void {
    this.listening.dispose();
  }
}
