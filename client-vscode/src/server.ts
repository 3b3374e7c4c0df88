/** Finds the server, or makes it with the user's consent; every failure says what to do. */
import * as fs from 'fs/promises';
import * as vscode from 'vscode';
import { install } from './install';
import { type Found, MissingServer, locate, scriptOf } from './locate';
import { selectedInterpreter } from './python';

const SETTING = 'coderoute.server.path';

/** The server to start, or undefined when the user declined to install one. */
export async function findServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Found | undefined> {
  const version = String(context.extension.packageJSON.version);
  const privateFolder = vscode.Uri.joinPath(context.globalStorageUri, `server-${version}`).fsPath;
  const windows = process.platform === 'win32';
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  try {
    const found = await locate({
      setting: vscode.workspace.getConfiguration('coderoute').get('server.path', ''),
      // What an untrusted folder's environment holds must not run.
      interpreter: vscode.workspace.isTrusted ? await selectedInterpreter(folder) : undefined,
      searchPath: process.env['PATH'] ?? '',
      privateFolder,
      windows,
      isFile,
    });
    return found ?? (await offerInstall(privateFolder, version, windows, log));
  } catch (error) {
    await explain(error, log);
    return undefined;
  }
}

async function isFile(file: string): Promise<boolean> {
  return fs.stat(file).then((found) => found.isFile(), () => false);
}

async function offerInstall(folder: string, version: string, windows: boolean, log: vscode.LogOutputChannel): Promise<Found | undefined> {
  const choice = await vscode.window.showInformationMessage(
    `CodeRoute needs its language server (the Python package coderoute-ls ${version}). Install it into the extension's own folder?`,
    'Install',
    'I Have It: Set Path',
    'Not Now',
  );
  if (choice === 'I Have It: Set Path') await openSetting();
  if (choice !== 'Install') return undefined;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: 'Installing the CodeRoute server' }, async () => {
    try {
      await fs.rm(folder, { recursive: true, force: true });
      await install(folder, version, (line) => log.info(line));
    } catch (error) {
      // A half-made environment would be found, and fail, for ever.
      await fs.rm(folder, { recursive: true, force: true });
      throw error;
    }
  });
  return { file: scriptOf(folder, windows), origin: 'private' };
}

async function explain(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  log.error(message);
  const action = error instanceof MissingServer ? 'Open Setting' : 'Open Log';
  const choice = await vscode.window.showErrorMessage(`CodeRoute cannot start. ${message}`, action);
  if (choice === 'Open Setting') await openSetting();
  if (choice === 'Open Log') log.show();
}

function openSetting(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', SETTING);
}
