/** The message of a commit, written into the input box of VS Code's own source control. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { COMMIT_MESSAGE, type CommitMessage } from './messages';
import { execute } from './requests';
import { dollars } from './status';

/** What we use of the API of VS Code's git extension, version 1. */
interface Repository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
}
interface Git {
  readonly repositories: Repository[];
  getRepository(uri: vscode.Uri): Repository | null;
}

/** ``from``: the source control whose button was pressed. In a file that git has opened for a message it goes there. */
export async function writeCommitMessage(client: BaseLanguageClient, from?: unknown): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (!isSourceControl(from) && document?.languageId === 'git-commit') {
    await execute(client, 'coderoute.commitMessage', { uri: client.code2ProtocolConverter.asUri(document.uri) });
    return;
  }
  const repository = await pickRepository(await git(), isSourceControl(from) ? from.rootUri : undefined);
  if (!repository) return;
  const begun = repository.inputBox.value;
  const found = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title: vscode.l10n.t('Writing the commit message') },
    async (_, token) => {
      const uri = client.code2ProtocolConverter.asUri(repository.rootUri);
      try {
        return await client.sendRequest<CommitMessage>(COMMIT_MESSAGE, { uri, begun }, token);
      } catch (error) {
        if (!token.isCancellationRequested) void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
        return undefined;
      }
    },
  );
  if (found) await putIn(repository, begun, found);
}

/** Into the box, unless the user has gone on writing there. */
async function putIn(repository: Repository, begun: string, found: CommitMessage): Promise<void> {
  const use = vscode.l10n.t('Use It Instead');
  if (repository.inputBox.value !== begun) {
    const asked = vscode.l10n.t('You went on writing. The message would be: {0}', found.text);
    if ((await vscode.window.showInformationMessage(asked, use)) !== use) return;
  }
  repository.inputBox.value = found.text;
  void vscode.window.showInformationMessage(told(found));
}

/** ``Commit message by swift, $0.00018. 2 files were left out.`` */
export function told({ model, costUsd, notes }: CommitMessage): string {
  const price = costUsd ? `, ${dollars(costUsd)}` : '';
  const by = model ? `${vscode.l10n.t('Commit message by {0}', model)}${price}.` : '';
  return [by, ...(notes ?? [])].filter(Boolean).join(' ');
}

const isSourceControl = (given: unknown): given is { rootUri: vscode.Uri } =>
  typeof given === 'object' && given !== null && 'rootUri' in given && given.rootUri instanceof vscode.Uri;

async function git(): Promise<Git | undefined> {
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): Git }>('vscode.git');
  try {
    return (await extension?.activate())?.getAPI(1);
  } catch {
    return undefined; // git is switched off, or not installed
  }
}

async function pickRepository(found: Git | undefined, root: vscode.Uri | undefined): Promise<Repository | undefined> {
  if (!found?.repositories.length) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No git repository is open here.'));
    return undefined;
  }
  const document = vscode.window.activeTextEditor?.document;
  const at = root ?? document?.uri;
  const near = at && found.getRepository(at);
  if (near) return near;
  if (found.repositories.length === 1) return found.repositories[0];
  const picked = await vscode.window.showQuickPick(
    found.repositories.map((repository) => ({ label: vscode.workspace.asRelativePath(repository.rootUri), repository })),
    { title: vscode.l10n.t('Commit message'), placeHolder: vscode.l10n.t('Of which repository?') },
  );
  return picked?.repository;
}
