/** Finds the server, or makes it with the user's consent; every failure says what to do. */
import * as fs from 'fs/promises';
import * as os from 'os';
import * as path from 'path';
import * as vscode from 'vscode';
import { InstallFailed, install } from './install';
import { type Found, locate, scriptOf, toolFolders } from './locate';
import { selectedInterpreter } from './python';

const SETTING = 'coderoute.server.path';

/** Folder of the extension's own environment, for its own version. */
function ownFolder(context: vscode.ExtensionContext): string {
  return vscode.Uri.joinPath(context.globalStorageUri, `server-${context.extension.packageJSON.version}`).fsPath;
}

const windows = process.platform === 'win32';

/** The server that is there already. Throws when the user's setting names none. */
export async function findServer(context: vscode.ExtensionContext): Promise<Found | undefined> {
  return locate({
    setting: vscode.workspace.getConfiguration('coderoute').get('server.path', ''),
    // What an untrusted folder's environment holds must not run.
    interpreter: vscode.workspace.isTrusted ? await selectedInterpreter(vscode.workspace.workspaceFolders?.[0]?.uri) : undefined,
    searchPath: process.env['PATH'] ?? '',
    toolFolders: toolFolders(process.env, os.homedir(), process.platform),
    privateFolder: ownFolder(context),
    windows,
    isFile,
  });
}

async function isFile(file: string): Promise<boolean> {
  return fs.stat(file).then((found) => found.isFile(), () => false);
}

/** Asks whether to install the server, and does it. */
export async function offerInstall(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Found | undefined> {
  const yes = vscode.l10n.t('Install');
  const own = vscode.l10n.t('I Have It: Set Path');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t("CodeRoute needs its language server, which comes with this extension. Install it into the extension's own folder?"),
    yes,
    own,
    vscode.l10n.t('Not Now'),
  );
  if (choice === own) await openSetting();
  return choice === yes ? installServer(context, log) : undefined;
}

/** Installs the wheel that comes with the extension, and what it needs, into the extension's own environment. */
export async function installServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<Found> {
  const folder = ownFolder(context);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Installing the CodeRoute server') }, async () => {
    try {
      await fs.rm(folder, { recursive: true, force: true });
      await install(folder, await wheel(context), toolFolders(process.env, os.homedir(), process.platform), (line) => log.info(line));
    } catch (error) {
      // A half-made environment would be found, and fail, for ever.
      await fs.rm(folder, { recursive: true, force: true });
      throw error;
    }
  });
  return { file: scriptOf(folder, windows), origin: 'private' };
}

/** The server as it was packed into this extension. */
async function wheel(context: vscode.ExtensionContext): Promise<string> {
  const folder = vscode.Uri.joinPath(context.extensionUri, 'server').fsPath;
  const files = await fs.readdir(folder).catch(() => []);
  const found = files.find((file) => file.endsWith('.whl'));
  if (!found) throw new InstallFailed(vscode.l10n.t('This copy of the extension holds no server. Install coderoute-ls yourself and set its path.'));
  return path.join(folder, found);
}

/** Says why there is no server, with the way out. */
export async function explain(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  log.error(message);
  const again = vscode.l10n.t('Try Again');
  const set = vscode.l10n.t('Set Path');
  const open = vscode.l10n.t('Open Log');
  const ways = [...(error instanceof InstallFailed ? [again] : []), set, open];
  const choice = await vscode.window.showErrorMessage(vscode.l10n.t('CodeRoute cannot start. {0}', message), ...ways);
  if (choice === again) await vscode.commands.executeCommand('coderoute.installServer');
  if (choice === set) await openSetting();
  if (choice === open) log.show();
}

export function openSetting(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', SETTING);
}
