/** What to do with a finished job: keep it, take it back, or ask a stronger model. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type { JobFinished } from './messages';
import { execute } from './requests';

/** Says how a job ended, with a button for each choice that is left. */
export async function finished(client: BaseLanguageClient, job: JobFinished): Promise<void> {
  const text = [job.message, ...(job.problems ?? [])].filter(Boolean).join(' ');
  const choices = (job.choices ?? []).map((choice) => ({ title: choice.title, choice: choice.choice }));
  if (!text && !choices.length) return;
  const failed = job.outcome === 'failed' || (job.problems ?? []).length > 0;
  const show = failed ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const picked = await show(text || `CodeRoute: ${job.action} ${job.outcome}`, ...choices);
  if (picked) await execute(client, 'coderoute.choose', { job: job.job, choice: picked.choice });
}
