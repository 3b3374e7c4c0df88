/** A text of the server as a read-only Markdown preview: usage, or what was sent. It is in memory alone. */
import * as vscode from 'vscode';

const SCHEME = 'coderoute-usage';

export class TextPages implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  /** Provides the pages for as long as the result is not disposed. */
  register(): vscode.Disposable {
    return vscode.Disposable.from(this.changed, vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.texts.get(path) ?? '';
  }

  /** `name` is in the page's title. */
  async show(name: string, text: string): Promise<void> {
    const page = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.md` });
    this.texts.set(page.path, text);
    this.changed.fire(page);
    await vscode.commands.executeCommand('markdown.showPreview', page);
  }
}
