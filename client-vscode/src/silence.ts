/** What the user has silenced in this window. A server that is started anew, with another key for example, is told of it; like VS
 * Code's own snooze it ends with the window. */
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type { Status } from './messages';
import { execute } from './requests';

/** ``before``: the last status of the server that ended. */
export async function keepSilence(client: BaseLanguageClient, before: Status | undefined, nowS = Date.now() / 1000): Promise<void> {
  if (before?.state === 'paused') await execute(client, 'coderoute.pause', { paused: true });
  const minutes = ((before?.snoozedUntil ?? 0) - nowS) / 60;
  if (minutes > 0) await execute(client, 'coderoute.snooze', { minutes });
}
