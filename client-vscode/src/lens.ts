/** Explain, document and test above each definition. Off until the user wants it. */
import * as vscode from 'vscode';
import type { Range } from 'vscode-languageserver-protocol';
import { SELECTOR } from './documents';
import { DEFINITIONS, type Definitions } from './messages';
import type { Session } from './session';

const SETTING = 'coderoute.codeLens.enable';

class DefinitionLenses implements vscode.CodeLensProvider {
  constructor(private readonly session: Session) {}

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    const client = this.session.running?.client;
    if (!client?.isRunning()) return [];
    const asked = { uri: client.code2ProtocolConverter.asUri(document.uri) };
    const found = await client.sendRequest<Definitions>(DEFINITIONS, asked, token);
    const uri = document.uri.toString();
    return (found.definitions ?? []).flatMap(({ name, range: where }) => {
      const range = client.protocol2CodeConverter.asRange(where as unknown as Range);
      const place = { uri, range: new vscode.Range(range.start, range.start) };
      const lens = (title: string, action: string, tooltip: string): vscode.CodeLens =>
        new vscode.CodeLens(range, { title, tooltip, command: `coderoute.action.${action}`, arguments: [place] });
      return [
        lens(vscode.l10n.t('Explain'), 'explain', vscode.l10n.t('Explain {0}', name)),
        lens(vscode.l10n.t('Document'), 'document', vscode.l10n.t('Document {0}', name)),
        lens(vscode.l10n.t('Tests'), 'tests', vscode.l10n.t('Write tests for {0}', name)),
      ];
    });
  }
}

/** Follows the setting. */
export function definitionLenses(session: Session): vscode.Disposable {
  let shown: vscode.Disposable | undefined;
  const follow = (): void => {
    const wanted = vscode.workspace.getConfiguration().get<boolean>(SETTING) === true;
    if (wanted) shown ??= vscode.languages.registerCodeLensProvider(SELECTOR, new DefinitionLenses(session));
    else {
      shown?.dispose();
      shown = undefined;
    }
  };
  follow();
  const changes = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SETTING)) follow();
  });
  return vscode.Disposable.from(changes, { dispose: () => shown?.dispose() });
}
