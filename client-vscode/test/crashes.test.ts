import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrashGuard } from '../src/crashes';

test('the fifth crash within three minutes ends it', () => {
  const guard = new CrashGuard(() => 0);
  assert.deepEqual([1, 2, 3, 4, 5].map(() => guard.mayRestart()), [true, true, true, true, false]);
});

test('crashes that are long ago do not count', () => {
  let now = 0;
  const guard = new CrashGuard(() => now);
  const restarts = Array.from({ length: 20 }, () => {
    now += 60_001;
    return guard.mayRestart();
  });
  assert.ok(restarts.every(Boolean));
});
