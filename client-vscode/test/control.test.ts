/** The menus' words and bars, a prompt's first text, and the list behind Ctrl+. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { isPromptName, starter } from '../src/actions';
import { told } from '../src/commit';
import { budgetBar, budgetText } from '../src/control';
import type { Status } from '../src/messages';
import { keepSilence } from '../src/silence';
import { spoken, statusText } from '../src/status';

const idle: Status = { state: 'idle', model: 'swift', todayUsd: 0.5, dailyUsd: 5, warnAt: 0.8 };

test('the bar is as full as the budget is used, never empty once something was spent, never longer than ten', () => {
  assert.deepEqual(
    [0, 0.01, 0.5, 0.51, 4.99, 5, 50].map((spent) => budgetBar(spent, 5).replaceAll('░', '').length),
    [0, 1, 1, 2, 10, 10, 10],
  );
  assert.equal(budgetBar(0, 0).length, 10);
});

test('the words beside the bar say what colours and blocks cannot', () => {
  assert.equal(budgetText(idle), '$0.50 of $5.00 today');
  assert.equal(budgetText({ ...idle, todayUsd: 4 }), '$4.00 of $5.00 today: nearly used up');
  assert.equal(budgetText({ ...idle, todayUsd: 5 }), '$5.00 of $5.00 today: only free models are asked');
});

test('a screen reader hears the state, the model and the price', () => {
  assert.match(spoken(idle), /^CodeRoute, ready\. Model: swift\. Spent: \$0\.50 of \$5\.00 today/);
  assert.match(spoken({ ...idle, state: 'paused' }), /^CodeRoute, paused/);
  assert.match(spoken({ ...idle, snoozedUntil: 1_795_000_000 }), /snoozed until \d/);
});

test('snoozing is seen in the status bar, and work is seen before it', () => {
  assert.match(statusText({ ...idle, snoozedUntil: 1 }), /^\$\(bell-slash\)/);
  assert.match(statusText({ ...idle, state: 'working', snoozedUntil: 1 }), /^\$\(loading~spin\)/);
});

test('a new prompt begins as a valid file', () => {
  assert.match(starter('review-naming'), /^\+\+\+\ntitle = "Review naming"\nfloor = 0\.65\nsurface = "report" {2}# or "edit"\n\+\+\+\n\n\S/);
  assert.deepEqual(['a', 'review-naming', 'A', '1', 'a b', '', '../a', 'a'.repeat(41)].map(isPromptName), [true, true, false, false, false, false, false, false]);
});

test('what became of a commit message is told with model, price and what was left out', () => {
  assert.equal(told({ text: 'x', model: 'swift', costUsd: 0.00018, notes: ['2 files were left out.'] }), 'Commit message by swift, $0.00018. 2 files were left out.');
  assert.equal(told({ text: 'x', notes: ['git has written it.'] }), 'git has written it.');
});

test('a server that starts anew is told what is paused or snoozed, and for how long still', async () => {
  const told = async (before: Status | undefined): Promise<unknown[]> => {
    const asked: unknown[] = [];
    const client = { sendRequest: (_: string, { command, arguments: [argument] }: { command: string; arguments: unknown[] }) => void asked.push([command, argument]) };
    await keepSilence(client as never, before, 1_000);
    return asked;
  };
  assert.deepEqual(await told(undefined), []);
  assert.deepEqual(await told(idle), []);
  assert.deepEqual(await told({ ...idle, snoozedUntil: 999 }), []);
  assert.deepEqual(await told({ ...idle, snoozedUntil: 1_090 }), [['coderoute.snooze', { minutes: 1.5 }]]);
  assert.deepEqual(await told({ ...idle, state: 'paused' }), [['coderoute.pause', { paused: true }]]);
});
