/** What was asked, spent and accepted, as a read-only Markdown preview. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { execute } from './requests';

const SCHEME = 'coderoute-usage';
const PAGE = vscode.Uri.from({ scheme: SCHEME, path: '/usage.md' });

export class UsagePage implements vscode.TextDocumentContentProvider {
  private text = '';
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  /** Provides the page for as long as the result is not disposed. */
  register(): vscode.Disposable {
    return vscode.Disposable.from(this.changed, vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  provideTextDocumentContent(): string {
    return this.text;
  }

  async show(client: BaseLanguageClient): Promise<void> {
    this.text = (await execute(client, 'coderoute.usage', {})).text;
    this.changed.fire(PAGE);
    await vscode.commands.executeCommand('markdown.showPreview', PAGE);
  }
}
