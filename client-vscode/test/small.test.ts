import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installerEnvironment, recipes, whyItFailed, whyNothingInstalls } from '../src/install';
import { plant } from '../src/settings';
import { dollars, statusText } from '../src/status';
import { page } from '../src/why';

test('the server is installed from the file that comes with the extension, never by its name', () => {
  for (const windows of [false, true]) {
    for (const { steps } of recipes('/store', '/ext/server/coderoute_ls-1.2.3-py3-none-any.whl', windows)) {
      assert.equal(steps.at(-1)?.at(-1), '/ext/server/coderoute_ls-1.2.3-py3-none-any.whl');
      assert.ok(!steps.flat().some((part) => part.startsWith('coderoute-ls')));
    }
  }
});

test('a failed installation is told in one sentence with what to do', () => {
  const pip = ['/store/bin/python', '-I', '-m', 'pip', 'install', 'x.whl'];
  assert.match(whyItFailed(pip, ['ERROR: No matching distribution found for pygls']), /network and the proxy/);
  assert.match(whyItFailed(pip, ["ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))"]), /the proxy \(HTTPS_PROXY\)/);
  assert.match(whyItFailed(pip, ['SSLError(SSLCertVerificationError(1, "certificate verify failed: self-signed"))']), /certificate in PIP_CERT/);
  assert.match(whyItFailed(pip, ['OSError: [Errno 28] No space left on device']), /disk is full/);
  assert.match(whyItFailed(pip, ['error: Failed building wheel']), /install it yourself/);
  assert.match(whyItFailed(['python3', '-I', '-m', 'venv', '/store'], ['PermissionError']), /folder for the server/);
});

test('what is missing for an installation is told with what to do', () => {
  assert.match(whyNothingInstalls([1, 1, 1]), /^Neither uv nor Python 3\.11 or newer was found\. Install one/);
  assert.match(whyNothingInstalls([1, 2, 1]), /older than 3\.11\. Install a newer one, or uv/);
  assert.match(whyNothingInstalls([1, 2, 3]), /without venv\. On Debian and Ubuntu: sudo apt install python3-venv/);
});

test('installers are looked for where tools are put, and nowhere that depends on the working directory', () => {
  const found = installerEnvironment({ PATH: '/usr/bin:.:bin', HOME: '/home/a' }, ['/home/a/.local/bin'], false);
  assert.deepEqual(found, { PATH: '/usr/bin:/home/a/.local/bin', HOME: '/home/a' });
  assert.deepEqual(installerEnvironment({ Path: 'C:\\Windows;tools' }, ['C:\\a'], true), { Path: 'C:\\Windows;C:\\a' });
});

test('settings are planted at their dotted names, and null is "not set"', () => {
  const tree = {};
  plant(tree, 'actions.refactor.minCodingScore', 0.8);
  plant(tree, 'actions.refactor.model', null);
  plant(tree, 'quality', 'best');
  assert.deepEqual(tree, { actions: { refactor: { minCodingScore: 0.8 } }, quality: 'best' });
});

test('prices below a cent keep two digits', () => {
  assert.equal(dollars(0.00000012), '< $0.000001');
  assert.deepEqual([0, 0.000123, 0.0099, 0.01, 1.005, 12].map(dollars), ['$0.00', '$0.00012', '$0.0099', '$0.01', '$1.00', '$12.00']);
});

test('the status bar names the model and what was spent', () => {
  assert.equal(statusText({ state: 'degraded', model: 'DeepSeek V4', todayUsd: 0.02 }), '$(warning) DeepSeek V4 $0.02');
  assert.equal(statusText({ state: 'idle' }), '$(compass) CodeRoute');
});

test('the panel cannot load or run anything', () => {
  for (const html of ['<html><head><title>x</title></head><body>y</body></html>', '<p>y</p>']) {
    assert.match(page(html), /<head><meta http-equiv="Content-Security-Policy" content="default-src 'none';/);
  }
});
