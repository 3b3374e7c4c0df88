/** Finds the server, or makes it with the user's consent; every failure says what to do. */
import * as fs from 'fs/promises';
import * as vscode from 'vscode';
import { install } from './install';
import { type Found, MissingServer, locate, scriptOf } from './locate';
import { selectedInterpreter } from './python';

const SETTING = 'coderoute.server.path';

interface Place {
  folder: string;
  version: string;
}

/** The extension's own environment for its own version. */
function ownPlace(context: vscode.ExtensionContext): Place {
  const version = String(context.extension.packageJSON.version);
  return { folder: vscode.Uri.joinPath(context.globalStorageUri, `server-${version}`).fsPath, version };
}

const windows = process.platform === 'win32';

/** The server that is there already. Throws when the user's setting names none. */
export async function findServer(context: vscode.ExtensionContext): Promise<Found | undefined> {
  return locate({
    setting: vscode.workspace.getConfiguration('coderoute').get('server.path', ''),
    // What an untrusted folder's environment holds must not run.
    interpreter: vscode.workspace.isTrusted ? await selectedInterpreter(vscode.workspace.workspaceFolders?.[0]?.uri) : undefined,
    searchPath: process.env['PATH'] ?? '',
    privateFolder: ownPlace(context).folder,
    windows,
    isFile,
  });
}

async function isFile(file: string): Promise<boolean> {
  return fs.stat(file).then((found) => found.isFile(), () => false);
}

/** Installs the server into the extension's own environment, if the user agrees. */
export async function offerInstall(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Found | undefined> {
  const { folder, version } = ownPlace(context);
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

/** Says why there is no server, with the way out. */
export async function explain(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
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
