/** What to do with a finished job: keep it, take it back, or ask a stronger model. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type { JobFinished } from './messages';
import { execute } from './requests';
import { dollars } from './status';

/** Says how a job ended, with a button for each choice that is left. ``reviewed``: its marks on screen say it, and stay. */
export async function finished(client: BaseLanguageClient, job: JobFinished, reviewed: boolean): Promise<void> {
  const said = [job.message, ...(job.problems ?? [])].filter(Boolean).join(' ');
  const choices = (job.choices ?? []).map((choice) => ({ title: choice.title, choice: choice.choice }));
  // Why a job failed is said by the server itself, in every editor.
  if (job.outcome === 'failed' || !(said || (choices.length && !reviewed))) return;
  const show = job.problems?.length ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const picked = await show(said || summary(job), ...choices);
  if (picked) await execute(client, 'coderoute.choose', { job: job.job, choice: picked.choice });
}

/** ``Refactor by swift, $0.00018``. */
export function summary({ action, model, costUsd }: JobFinished): string {
  const title = action.charAt(0).toUpperCase() + action.slice(1).replace(/_/g, ' ');
  return vscode.l10n.t('{0} by {1}', title, `${model || 'CodeRoute'}${costUsd ? `, ${dollars(costUsd)}` : ''}`);
}
