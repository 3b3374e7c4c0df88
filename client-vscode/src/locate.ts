/** Where the server is: the setting, the selected Python environment, PATH, where tools are installed for the user, or the
 * extension's own environment, in this order. */
import * as path from 'path';
import * as vscode from 'vscode';

export type Origin = 'setting' | 'environment' | 'path' | 'tools' | 'private';

export interface Found {
  file: string;
  origin: Origin;
}

export interface Places {
  /** The user's setting; '' when unset. */
  setting: string;
  /** Interpreter of the selected Python environment, where there is one and the workspace is trusted. */
  interpreter: string | undefined;
  /** The PATH variable. */
  searchPath: string;
  /** Folders where pipx, `uv tool` and pip put commands for the user. */
  toolFolders: string[];
  /** Folder of the extension's own virtual environment. */
  privateFolder: string;
  windows: boolean;
  isFile(file: string): Promise<boolean>;
}

export class MissingServer extends Error {}

/** Where the console script of a virtual environment stands. */
export function scriptOf(environment: string, windows: boolean): string {
  return windows ? path.win32.join(environment, 'Scripts', 'coderoute-ls.exe') : path.posix.join(environment, 'bin', 'coderoute-ls');
}

/** Where pipx, `uv tool` and pip put commands. VS Code is often started without the shell that puts them on PATH. */
export function toolFolders(environment: NodeJS.ProcessEnv, home: string, platform: NodeJS.Platform): string[] {
  const windows = platform === 'win32';
  const flavour = windows ? path.win32 : path.posix;
  const named = ['PIPX_BIN_DIR', 'UV_TOOL_BIN_DIR', 'XDG_BIN_HOME'].map((name) => environment[name] ?? '');
  const found = [...named, flavour.join(home, '.local', 'bin')];
  if (windows && environment['APPDATA']) found.push(flavour.join(environment['APPDATA'], 'Python', 'Scripts'));
  if (platform === 'darwin') found.push('/opt/homebrew/bin', '/usr/local/bin');
  return found.filter((folder) => flavour.isAbsolute(folder));
}

/** Where the server is started: the folder of its own file. */
export function workingDirectory(file: string): string {
  return path.dirname(path.resolve(file));
}

/** The environment of the server: nothing that Python would look up in the working directory, or run at its start. */
export function serverEnvironment(environment: NodeJS.ProcessEnv, keys: Record<string, string>, windows: boolean): NodeJS.ProcessEnv {
  const flavour = windows ? path.win32 : path.posix;
  const searched = environment['PYTHONPATH']?.split(flavour.delimiter).filter((folder) => flavour.isAbsolute(folder));
  const { PYTHONPATH: _, PYTHONSTARTUP: __, PYTHONINSPECT: ___, ...rest } = environment;
  return { ...rest, ...(searched?.length ? { PYTHONPATH: searched.join(flavour.delimiter) } : {}), PYTHONSAFEPATH: '1', ...keys };
}

/** The server's file, or undefined when it has to be installed. Throws MissingServer when the setting names no file. */
export async function locate(places: Places): Promise<Found | undefined> {
  const flavour = places.windows ? path.win32 : path.posix;
  const name = places.windows ? 'coderoute-ls.exe' : 'coderoute-ls';
  if (places.setting) {
    if (await places.isFile(places.setting)) return { file: places.setting, origin: 'setting' };
    throw new MissingServer(vscode.l10n.t('The setting coderoute.server.path names {0}, and there is no such file.', places.setting));
  }
  const candidates: Found[] = [];
  if (places.interpreter) candidates.push({ file: flavour.join(flavour.dirname(places.interpreter), name), origin: 'environment' });
  for (const folder of places.searchPath.split(flavour.delimiter)) {
    // A relative entry would let the opened folder decide what runs.
    if (flavour.isAbsolute(folder)) candidates.push({ file: flavour.join(folder, name), origin: 'path' });
  }
  for (const folder of places.toolFolders) candidates.push({ file: flavour.join(folder, name), origin: 'tools' });
  candidates.push({ file: scriptOf(places.privateFolder, places.windows), origin: 'private' });
  for (const candidate of candidates) if (await places.isFile(candidate.file)) return candidate;
  return undefined;
}
