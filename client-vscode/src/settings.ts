/** What the user really set. VS Code mixes the manifest's defaults into every value; sent on, they would beat coderoute.toml. */
import * as vscode from 'vscode';

export type Tree = { [key: string]: unknown };

interface Section {
  properties: Record<string, { scope?: string }>;
}

const SECTION = 'coderoute';
/** The extension's own settings, which are no business of the server's. */
const OWN = /^(server|trace|codeLens)\./;

/** Names of the server's settings, without the section. */
function keys(extension: vscode.Extension<unknown>): { key: string; safe: boolean }[] {
  const sections = extension.packageJSON.contributes.configuration as Section[];
  return sections
    .flatMap((section) => Object.entries(section.properties))
    .map(([name, { scope }]) => ({ key: name.slice(SECTION.length + 1), safe: scope !== 'machine' }))
    .filter(({ key }) => !OWN.test(key));
}

/** Puts a value at a dotted name; null stands for "not set". */
export function plant(tree: Tree, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const parts = name.split('.');
  const last = parts.pop() ?? name;
  let node = tree;
  for (const part of parts) node = (node[part] ??= {}) as Tree;
  node[last] = value;
}

/** What the workspace says for this resource: it stands above the folder's coderoute.toml. */
export function workspaceSettings(extension: vscode.Extension<unknown>, scope: vscode.Uri | undefined): Tree {
  const tree: Tree = {};
  const configuration = vscode.workspace.getConfiguration(SECTION, scope ?? null);
  for (const { key, safe } of keys(extension)) {
    const found = configuration.inspect(key);
    if (safe) plant(tree, key, found?.workspaceFolderValue ?? found?.workspaceValue);
  }
  return tree;
}

/** What the user says for everything: it stands below a folder's coderoute.toml, and may set what a workspace may not. */
export function userSettings(extension: vscode.Extension<unknown>): Tree {
  const tree: Tree = {};
  const configuration = vscode.workspace.getConfiguration(SECTION, null);
  for (const { key } of keys(extension)) plant(tree, key, configuration.inspect(key)?.globalValue);
  return tree;
}
