/** The text before an edit as a read-only document, for VS Code's own diff view beside the file as it is. */
import * as vscode from 'vscode';
import type { EditUnderReview } from './messages';

const SCHEME = 'coderoute-before';

export class BeforeEdits implements vscode.Disposable, vscode.TextDocumentContentProvider {
  /** By job: the documents that were opened, and are kept up to date. */
  private readonly opened = new Map<string, vscode.Uri>();
  private readonly texts = new Map<string, string>();
  private readonly news = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.news.event;
  private readonly registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(private readonly ask: (job: string) => Promise<string>) {}

  async open({ job, title }: EditUnderReview, uri: vscode.Uri): Promise<void> {
    // With the file's own name, so that it gets the file's language.
    const before = vscode.Uri.from({ scheme: SCHEME, path: `/${job}/${uri.path.split('/').at(-1)}` });
    this.opened.set(job, before);
    const name = uri.path.split('/').at(-1) ?? '';
    await vscode.commands.executeCommand('vscode.diff', before, uri, vscode.l10n.t('{0}: before and after {1}', name, title ?? ''));
  }

  /** Once an edit is decided, what was shown last stays: there is nothing to ask any more. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const job = uri.path.split('/')[1] ?? '';
    try {
      this.texts.set(job, await this.ask(job));
    } catch {
      // under review no longer
    }
    return this.texts.get(job) ?? '';
  }

  changed(job: string): void {
    const uri = this.opened.get(job);
    if (uri) this.news.fire(uri);
  }

  dispose(): void {
    this.registered.dispose();
    this.news.dispose();
  }
}
