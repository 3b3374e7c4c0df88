/** Asks on about the last explanation or edit; the answer comes into the document that is there already. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { CONVERSATION, type ConversationShown } from './messages';
import { execute } from './requests';
import { dollars } from './status';

export async function askOn(client: BaseLanguageClient): Promise<void> {
  const seen = await client.sendRequest<ConversationShown>(CONVERSATION, {});
  if (seen.problem) {
    void vscode.window.showInformationMessage(seen.problem);
    return;
  }
  const price = seen.costUsd ? `≈ ${dollars(seen.costUsd)}` : vscode.l10n.t('free');
  const question = await vscode.window.showInputBox({
    title: vscode.l10n.t('Ask on: {0}', seen.title ?? ''),
    prompt: vscode.l10n.t('{0} would answer ({1}): {2}', seen.model ?? '', price, seen.why ?? ''),
    placeHolder: vscode.l10n.t('What do you want to know?'),
    ignoreFocusOut: true,
  });
  if (question?.trim()) await execute(client, 'coderoute.followUp', { job: seen.job ?? '', question });
}
