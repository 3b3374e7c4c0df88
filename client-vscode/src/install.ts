/** The extension's own virtual environment: made once, with consent, pinned to the extension's version. */
import { spawn } from 'child_process';
import * as path from 'path';

/** VS Code was perhaps started in the opened folder, and what that holds must not be found by an installer. */
const OWN_FOLDER = path.dirname(process.execPath);

export type Report = (line: string) => void;

/** The commands that make the environment, for the first installer that is there. */
export function recipes(folder: string, version: string, windows: boolean): { needs: string; steps: string[][] }[] {
  const python = windows ? `${folder}\\Scripts\\python.exe` : `${folder}/bin/python`;
  const requirement = `coderoute-ls==${version}`;
  const withPython = (command: string) => ({
    needs: command,
    steps: [[command, '-I', '-m', 'venv', folder], [python, '-I', '-m', 'pip', 'install', '--disable-pip-version-check', requirement]],
  });
  return [
    { needs: 'uv', steps: [['uv', 'venv', '--python', '>=3.11', folder], ['uv', 'pip', 'install', '--python', python, requirement]] },
    withPython('python3'),
    withPython('python'),
  ];
}

/** Makes the environment. Throws with what to do when no installer is there or a step fails. */
export async function install(folder: string, version: string, report: Report): Promise<void> {
  for (const recipe of recipes(folder, version, process.platform === 'win32')) {
    if (!(await runs(recipe.needs))) continue;
    for (const step of recipe.steps) await run(step, report);
    return;
  }
  throw new Error('Neither uv nor Python 3.11 was found on PATH. Install one of them, or set coderoute.server.path.');
}

function runs(command: string): Promise<boolean> {
  const probe = command === 'uv' ? ['--version'] : ['-I', '-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'];
  return new Promise((resolve) => {
    const child = spawn(command, probe, { stdio: 'ignore', cwd: OWN_FOLDER });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function run(step: string[], report: Report): Promise<void> {
  const [command = '', ...args] = step;
  report(`$ ${step.join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: OWN_FOLDER });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => report(text.trimEnd()));
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`"${step.join(' ')}" failed. The CodeRoute log shows why.`));
    });
  });
}
