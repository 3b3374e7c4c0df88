import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MissingServer, type Places, locate, serverEnvironment, toolFolders, workingDirectory } from '../src/locate';

const places = (files: string[], more: Partial<Places> = {}): Places => ({
  setting: '',
  interpreter: '/env/bin/python',
  searchPath: '/usr/bin:/opt/bin',
  toolFolders: ['/home/me/.local/bin'],
  privateFolder: '/store/server-1',
  windows: false,
  isFile: async (file) => files.includes(file),
  ...more,
});

const everywhere = [
  '/mine/coderoute-ls',
  '/env/bin/coderoute-ls',
  '/opt/bin/coderoute-ls',
  '/home/me/.local/bin/coderoute-ls',
  '/store/server-1/bin/coderoute-ls',
];

test('the setting wins over everything', async () => {
  assert.deepEqual(await locate(places(everywhere, { setting: '/mine/coderoute-ls' })), { file: '/mine/coderoute-ls', origin: 'setting' });
});

test('then the environment, then PATH, then the folders of tools, then the private one', async () => {
  const origins = [];
  for (let skipped = 1; skipped < everywhere.length; skipped++) origins.push((await locate(places(everywhere.slice(skipped))))?.origin);
  assert.deepEqual(origins, ['environment', 'path', 'tools', 'private']);
});

test('nothing is found where nothing is', async () => {
  assert.equal(await locate(places([])), undefined);
});

test('a setting that names no file is an error, not a reason to look elsewhere', async () => {
  await assert.rejects(locate(places(everywhere, { setting: '/gone' })), MissingServer);
});

test('an untrusted folder has no environment to offer', async () => {
  assert.equal(await locate(places(['/env/bin/coderoute-ls'], { interpreter: undefined })), undefined);
});

test('relative entries of PATH are not followed', async () => {
  assert.equal(await locate(places(['coderoute-ls', 'bin/coderoute-ls', './coderoute-ls'], { searchPath: ':.:bin' })), undefined);
});

test('Windows has its own places', async () => {
  const file = 'C:\\env\\Scripts\\coderoute-ls.exe';
  const found = await locate(places([file], { interpreter: 'C:\\env\\Scripts\\python.exe', searchPath: 'C:\\x;C:\\y', windows: true }));
  assert.deepEqual(found, { file, origin: 'environment' });
});

test('the server works in the folder of its own file, never in the opened one', () => {
  assert.equal(workingDirectory('/env/bin/coderoute-ls'), '/env/bin');
});

test('the server imports nothing from the working directory and keeps its keys', () => {
  const env = { PYTHONPATH: '.:/lib::src', PYTHONSTARTUP: 'x.py', PYTHONINSPECT: '1', HOME: '/me' };
  assert.deepEqual(serverEnvironment(env, { A_KEY: 'k' }, false), { HOME: '/me', PYTHONPATH: '/lib', PYTHONSAFEPATH: '1', A_KEY: 'k' });
  assert.deepEqual(serverEnvironment({ PYTHONPATH: ':' }, {}, false), { PYTHONSAFEPATH: '1' });
});

test('tools of pipx, uv and pip are looked for where they are put on each system', () => {
  assert.deepEqual(toolFolders({ PIPX_BIN_DIR: '/pipx', UV_TOOL_BIN_DIR: 'relative' }, '/home/me', 'linux'), ['/pipx', '/home/me/.local/bin']);
  assert.ok(toolFolders({}, '/Users/me', 'darwin').includes('/opt/homebrew/bin'));
  const windows = toolFolders({ APPDATA: 'C:\\Users\\me\\AppData\\Roaming' }, 'C:\\Users\\me', 'win32');
  assert.deepEqual(windows, ['C:\\Users\\me\\.local\\bin', 'C:\\Users\\me\\AppData\\Roaming\\Python\\Scripts']);
});
