// Packs the extension: our code, its pictures, and the server's wheel.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const repository = path.dirname(here);
const home = 'https://github.com/coderoute-ls/coderoute-ls';
const stage = path.join(here, 'dist', 'vsix');

function run(command, args, cwd = here) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The Python that builds the wheel: PYTHON, the repository's environment, or the one on PATH. */
function python() {
  const own = path.join(repository, '.venv', 'bin', 'python');
  return process.env.PYTHON ?? (fs.existsSync(own) ? own : 'python3');
}

fs.rmSync(stage, { recursive: true, force: true });
fs.mkdirSync(path.join(stage, 'dist'), { recursive: true });
fs.mkdirSync(path.join(stage, 'server'));
for (const file of ['extension.js', 'client.js']) fs.copyFileSync(path.join(here, 'dist', file), path.join(stage, 'dist', file));
for (const file of ['package.json', 'package.nls.json', 'l10n', 'README.md', 'CHANGELOG.md', 'media']) fs.cpSync(path.join(here, file), path.join(stage, file), { recursive: true });
fs.copyFileSync(path.join(repository, 'LICENSE'), path.join(stage, 'LICENSE'));
run(python(), ['-m', 'pip', 'wheel', '--quiet', '--disable-pip-version-check', '--no-deps', '--wheel-dir', path.join(stage, 'server'), repository]);
run(path.join(here, 'node_modules', '.bin', 'vsce'), ['package', '--no-dependencies', '--baseImagesUrl', `${home}/raw/HEAD/client-vscode`, '--baseContentUrl', `${home}/blob/HEAD/client-vscode`, '--out', path.join(here, 'coderoute.vsix')], stage);
