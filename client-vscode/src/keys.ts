/** API keys: kept in VS Code's secret storage, handed over in the server's environment, and nowhere else. */
import * as vscode from 'vscode';
import { VENDORS } from './vendors';

const slot = (variable: string): string => `key:${variable}`;

/** Variables with the keys that the user stored. */
export async function storedKeys(secrets: vscode.SecretStorage): Promise<Record<string, string>> {
  const variables = [...new Set(VENDORS.map((vendor) => vendor.variable))];
  const found = await Promise.all(variables.map(async (variable) => [variable, await secrets.get(slot(variable))] as const));
  return Object.fromEntries(found.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

/** Asks for a vendor and a key. True when something was stored or removed. */
export async function setKey(secrets: vscode.SecretStorage): Promise<boolean> {
  const stored = await storedKeys(secrets);
  const picked = await vscode.window.showQuickPick(
    VENDORS.map((vendor) => ({
      label: vendor.name,
      description: [vendor.variable, vendor.ghostText].filter(Boolean).join(' · '),
      ...(vendor.variable in stored
        ? { detail: vscode.l10n.t('$(check) A key is stored') }
        : process.env[vendor.variable]
          ? { detail: vscode.l10n.t('$(check) Set in the environment') }
          : {}),
      vendor,
    })),
    { title: vscode.l10n.t('Set API Key'), placeHolder: vscode.l10n.t('Whose key?'), matchOnDescription: true },
  );
  if (!picked) return false;
  const { name, variable } = picked.vendor;
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t('API key of {0}', name),
    prompt:
      variable in stored
        ? vscode.l10n.t("Kept in VS Code's secret storage. Leave empty to remove the stored key.")
        : vscode.l10n.t("Kept in VS Code's secret storage."),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return false;
  const trimmed = key.trim();
  if (trimmed) await secrets.store(slot(variable), trimmed);
  else if (variable in stored) await secrets.delete(slot(variable));
  else return false;
  return true;
}
