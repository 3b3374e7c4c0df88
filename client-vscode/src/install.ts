/** The extension's own virtual environment: made once, with consent, from the wheel that comes with the extension. */
import { spawn } from 'child_process';
import * as path from 'path';

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
    withPython('python3'),
    withPython('python'),
    ...(windows ? [withPython('py', '-3')] : ['3.13', '3.12', '3.11'].map((version) => withPython(`python${version}`))),
  ];
}

/** Makes the environment. Throws InstallFailed. */
export async function install(folder: string, wheel: string, report: Report): Promise<void> {
  for (const recipe of recipes(folder, wheel, process.platform === 'win32')) {
    if (!(await runs(recipe.steps[0] ?? []))) continue;
    for (const step of recipe.steps) await run(step, report);
    return;
  }
  throw new InstallFailed('Neither uv nor Python 3.11 or newer (with venv) was found. Install one of them, then try again.');
}

function runs([command = '', ...options]: string[]): Promise<boolean> {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';
  const probe = command === 'uv' ? ['--version'] : [...options.filter((option) => option === '-3'), '-I', '-c', check];
  return new Promise((resolve) => {
    const child = spawn(command, probe, { stdio: 'ignore', cwd: OWN_FOLDER });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function run(step: string[], report: Report): Promise<void> {
  const [command = '', ...args] = step;
  const said: string[] = [];
  report(`$ ${step.join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: OWN_FOLDER });
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
  if (step.includes('venv')) return 'The folder for the server could not be made. The CodeRoute log shows why; then try again.';
  if (said.some((line) => NETWORK.test(line))) {
    return 'The package index could not be reached, or lacks a package. Check the network and the proxy (HTTPS_PROXY), then try again.';
  }
  return 'The server could not be installed. The CodeRoute log shows why; then try again, or install it yourself and set its path.';
}
