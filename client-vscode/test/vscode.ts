/** What the tested modules need of the `vscode` module outside VS Code: names to import, and documents on screen or behind it. */

/** What the editor was asked to do, in order. */
export const asked: string[] = [];

export const l10n = {
  t: (text: string, ...given: unknown[]): string => text.replace(/\{(\d+)\}/g, (_, at: string) => String(given[Number(at)])),
};

export const window = {
  visibleTextEditors: [] as unknown[],
  showTextDocument: async () => void asked.push('show'),
};

export const workspace = {
  document: { version: 1 },
  openTextDocument: async () => workspace.document,
  applyEdit: async () => {
    asked.push('apply');
    return true;
  },
};
