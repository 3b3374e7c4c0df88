/** Explain, document and test above each definition. Off until the user wants it. */
import * as vscode from 'vscode';
import { SELECTOR } from './documents';

const SETTING = 'coderoute.codeLens.enable';
const DEFINITIONS = new Set([vscode.SymbolKind.Class, vscode.SymbolKind.Function, vscode.SymbolKind.Method, vscode.SymbolKind.Constructor]);
const MOST = 200;

class DefinitionLenses implements vscode.CodeLensProvider {
  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    const found = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>('vscode.executeDocumentSymbolProvider', document.uri);
    if (token.isCancellationRequested || !found) return [];
    const uri = document.uri.toString();
    return definitions(found)
      .slice(0, MOST)
      .flatMap(({ name, selectionRange }) => {
        const place = { uri, range: new vscode.Range(selectionRange.start, selectionRange.start) };
        const lens = (title: string, action: string, tooltip: string): vscode.CodeLens =>
          new vscode.CodeLens(selectionRange, { title, tooltip, command: `coderoute.action.${action}`, arguments: [place] });
        return [
          lens(vscode.l10n.t('Explain'), 'explain', vscode.l10n.t('Explain {0}', name)),
          lens(vscode.l10n.t('Document'), 'document', vscode.l10n.t('Document {0}', name)),
          lens(vscode.l10n.t('Tests'), 'tests', vscode.l10n.t('Write tests for {0}', name)),
        ];
      });
  }
}

function definitions(symbols: vscode.DocumentSymbol[]): vscode.DocumentSymbol[] {
  return symbols.flatMap((symbol) => [...(DEFINITIONS.has(symbol.kind) ? [symbol] : []), ...definitions(symbol.children ?? [])]);
}

/** Follows the setting. */
export function definitionLenses(): vscode.Disposable {
  let shown: vscode.Disposable | undefined;
  const follow = (): void => {
    const wanted = vscode.workspace.getConfiguration().get<boolean>(SETTING) === true;
    if (wanted) shown ??= vscode.languages.registerCodeLensProvider(SELECTOR, new DefinitionLenses());
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
