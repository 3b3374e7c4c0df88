/** The extension's own virtual environment: made once, with consent, from the wheel that comes with the extension. */
import { spawn } from 'child_process';
import * as path from 'path';
import * as vscode from 'vscode';

/** VS Code was perhaps started in the opened folder, and what that holds must not be found by an installer. */
const OWN_FOLDER = path.dirname(process.execPath);
/** Lines of an installer's output that may say why it failed. */
const KEPT = 20;

export type Report = (line: string) => void;

/** The message is one sentence on what failed and one on what to do. */
export class InstallFailed extends Error {}

export interface Recipe {
  needs: string;
  steps: string[][];
}

/**
 * The commands that make the environment, for the first installer that is there. Only the wheel's own dependencies come from an
 * index: there, no name is trusted for code of ours.
 */
export function recipes(folder: string, wheel: string, windows: boolean): Recipe[] {
  const python = windows ? `${folder}\\Scripts\\python.exe` : `${folder}/bin/python`;
  const withPython = (command: string, ...options: string[]): Recipe => ({
    needs: command,
    steps: [
      [command, ...options, '-I', '-m', 'venv', folder],
      [python, '-I', '-m', 'pip', 'install', '--disable-pip-version-check', wheel],
    ],
  });
  return [
    { needs: 'uv', steps: [['uv', 'venv', '--python', '>=3.11', folder], ['uv', 'pip', 'install', '--python', python, wheel]] },
    // Named versions first: on macOS the plain names may be programs that only offer to install Apple's developer tools.
    ...(windows ? [withPython('py', '-3')] : ['3.13', '3.12', '3.11'].map((version) => withPython(`python${version}`))),
    withPython('python3'),
    withPython('python'),
  ];
}

/** The environment of the installers: VS Code is often started without the shell that puts `uv` and Python on PATH. */
export function installerEnvironment(environment: NodeJS.ProcessEnv, toolFolders: string[], windows: boolean): NodeJS.ProcessEnv {
  const name = Object.keys(environment).find((key) => (windows ? key.toUpperCase() === 'PATH' : key === 'PATH')) ?? 'PATH';
  const flavour = windows ? path.win32 : path.posix;
  const searched = (environment[name] ?? '').split(flavour.delimiter).filter((folder) => flavour.isAbsolute(folder));
  return { ...environment, [name]: [...searched, ...toolFolders].join(flavour.delimiter) };
}

/** Makes the environment. `toolFolders`: where `uv` and Python may be besides PATH. Throws InstallFailed. */
export async function install(folder: string, wheel: string, toolFolders: string[], report: Report): Promise<void> {
  const env = installerEnvironment(process.env, toolFolders, process.platform === 'win32');
  const lacking: number[] = [];
  for (const recipe of recipes(folder, wheel, process.platform === 'win32')) {
    const code = await probe(recipe.steps[0] ?? [], env);
    if (code !== 0) lacking.push(code);
    else {
      for (const step of recipe.steps) await run(step, env, report);
      return;
    }
  }
  throw new InstallFailed(whyNothingInstalls(lacking));
}

const OLD = 2;
const WITHOUT_VENV = 3;

/** One sentence on what is missing, one on what to do, from what each installer's probe ended with. */
export function whyNothingInstalls(codes: number[]): string {
  if (codes.includes(WITHOUT_VENV)) {
    return vscode.l10n.t('Python is there, but without venv. On Debian and Ubuntu: sudo apt install python3-venv; elsewhere install uv; then try again.');
  }
  if (codes.includes(OLD)) return vscode.l10n.t('The Python that was found is older than 3.11. Install a newer one, or uv, then try again.');
  return vscode.l10n.t('Neither uv nor Python 3.11 or newer was found. Install one of them, then try again.');
}

/** What the installer's probe ends with: 0 where it can be used. */
function probe([command = '', ...options]: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const check = [
    'import sys',
    `if sys.version_info < (3, 11): sys.exit(${OLD})`,
    'try: import venv, ensurepip',
    `except ImportError: sys.exit(${WITHOUT_VENV})`,
  ].join('\n');
  const asked = command === 'uv' ? ['--version'] : [...options.filter((option) => option === '-3'), '-I', '-c', check];
  return new Promise((resolve) => {
    const child = spawn(command, asked, { stdio: 'ignore', cwd: OWN_FOLDER, env });
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function run(step: string[], env: NodeJS.ProcessEnv, report: Report): Promise<void> {
  const [command = '', ...args] = step;
  const said: string[] = [];
  report(`$ ${step.join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: OWN_FOLDER, env });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        report(text.trimEnd());
        said.push(...text.split('\n'));
        said.splice(0, said.length - KEPT);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new InstallFailed(whyItFailed(step, said)));
    });
  });
}

const NETWORK = /connection|resolve|network|proxy|timed out|ssl|dns|no matching distribution|offline/i;

/** One sentence on what failed, one on what to do. */
export function whyItFailed(step: string[], said: string[]): string {
  if (said.some((line) => /no space left|disk full/i.test(line))) return vscode.l10n.t('The disk is full. Make room, then try again.');
  if (said.some((line) => /certificate/i.test(line))) {
    return vscode.l10n.t("The package index's certificate is not trusted, as behind a proxy that signs its own. Name the proxy's certificate in PIP_CERT (for uv in SSL_CERT_FILE), then try again.");
  }
  if (step.includes('venv')) return vscode.l10n.t('The folder for the server could not be made. The CodeRoute log shows why; then try again.');
  if (said.some((line) => NETWORK.test(line))) {
    return vscode.l10n.t('The package index could not be reached, or lacks a package. Check the network and the proxy (HTTPS_PROXY), then try again.');
  }
  return vscode.l10n.t('The server could not be installed. The CodeRoute log shows why; then try again, or install it yourself and set its path.');
}
