/** "Why this model?": the frontier plot and the candidates' table in a panel without scripts. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { execute } from './requests';

let panel: vscode.WebviewPanel | undefined;

/** Opens the panel, or fills the one that is open anew. */
export async function showWhy(client: BaseLanguageClient, action?: string): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  const why = await execute(client, 'coderoute.why', { ...(action ? { action } : {}), ...(uri ? { uri } : {}) });
  panel ??= open();
  panel.webview.html = page(why.html ?? `<pre>${escape(why.text)}</pre>`);
  panel.reveal(undefined, true);
}

function open(): vscode.WebviewPanel {
  const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  const made = vscode.window.createWebviewPanel('coderoute.why', vscode.l10n.t('Why this model?'), column, { enableScripts: false, localResourceRoots: [] });
  made.onDidDispose(() => (panel = undefined));
  return made;
}

/** The page with a policy that loads nothing and runs nothing. */
export function page(html: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;
  return /<head[^>]*>/i.test(html)
    ? html.replace(/<head[^>]*>/i, (head) => head + policy)
    : `<!DOCTYPE html><html><head>${policy}</head><body>${html}</body></html>`;
}

export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
