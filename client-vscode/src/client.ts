/** The language client of one server process, with everything of ours that goes beyond plain LSP. */
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, type LanguageClientOptions, RevealOutputChannelOn, State } from 'vscode-languageclient/node';
import { provideCodeActions } from './bulb';
import { SELECTOR, showDocument } from './documents';
import { applyGroupedEdit } from './edits';
import { GhostText } from './ghost';
import { finished } from './jobs';
import {
  APPLY_GROUPED_EDIT,
  type Announced,
  GHOST_AGAIN,
  type GhostAgain,
  type GroupedEdit,
  INPUT,
  type InputParams,
  type InputResult,
  JOB_FINISHED,
  type JobFinished,
  STATUS,
  type Status,
  USER_SETTINGS,
} from './messages';
import { workingDirectory } from './locate';
import { NextEdits } from './nextEdit';
import { cancellableProgress } from './progress';
import { execute } from './requests';
import { Reviews } from './reviews';
import { workspaceSettings, userSettings } from './settings';
import { keepSilence } from './silence';

const ANNOUNCED: Announced = {
  groupedEdits: true,
  input: true,
  status: true,
  jobs: true,
  userSettings: true,
  ghostAgain: true,
  nextEdit: true,
  review: true,
};

export interface Hooks {
  status(status: Status): void;
  /** The last status of any server in this window. */
  lastStatus(): Status | undefined;
  /** The server ended by itself: tells whether to start it again. */
  crashed(): boolean;
}

export interface Parts {
  context: vscode.ExtensionContext;
  file: string;
  /** Environment of the server, with the keys. */
  env: NodeJS.ProcessEnv;
  log: vscode.LogOutputChannel;
}

export interface Running {
  client: LanguageClient;
  nextEdits: NextEdits;
  /** Cancels all jobs that run. */
  cancelJobs(): void;
  reviews: Reviews;
  parts: vscode.Disposable[];
}

/** A client that is not started yet, and what to dispose of with it. */
export function createClient({ context, file, env, log }: Parts, hooks: Hooks): Running {
  const { extension } = context;
  const progress = cancellableProgress(() => client);
  const ghost = new GhostText(
    (params) => void execute(client, 'coderoute.accept', params),
    () => nextEdits.hide(),
  );
  const nextEdits = new NextEdits(
    () => client,
    () => ghost.isShown(),
  );
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => ({ userSettings: userSettings(extension) }),
    middleware: {
      handleWorkDoneProgress: progress.handle,
      provideCodeActions,
      provideInlineCompletionItems: ghost.provide,
      window: { showDocument },
      workspace: {
        configuration: (params) =>
          params.items.map(({ section, scopeUri }) =>
            section === 'coderoute' ? workspaceSettings(extension, scopeUri ? vscode.Uri.parse(scopeUri) : undefined) : null,
          ),
      },
    },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        progress.clear();
        return { action: hooks.crashed() ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
      },
    },
  };
  // Never the opened folder: what it holds must not be found by what the server starts.
  const cwd = workingDirectory(file);
  const client = new LanguageClient('coderoute', 'CodeRoute', { command: file, args: ['serve'], options: { env, cwd } }, options);
  client.registerFeature({
    fillClientCapabilities: (capabilities) => void (capabilities.experimental = { ...capabilities.experimental, coderoute: ANNOUNCED }),
    initialize: () => undefined,
    getState: () => ({ kind: 'static' }),
    clear: () => undefined,
  });
  let before: Status | undefined;
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Starting) before = hooks.lastStatus();
    if (newState === State.Running) keepSilence(client, before).catch((error: unknown) => log.warn(String(error)));
  });
  client.onNotification(STATUS, (status: Status) => {
    nextEdits.enable(status.nextEdits === true && status.state !== 'paused');
    hooks.status(status);
  });
  client.onNotification(GHOST_AGAIN, ({ uri }: GhostAgain) => void ghost.again(uri));
  const reviews = new Reviews(() => client);
  const reviewed = reviews.listen();
  client.onNotification(JOB_FINISHED, (job: JobFinished) => void finished(client, job, reviews.isOnScreen(job.job)));
  client.onRequest(APPLY_GROUPED_EDIT, (params: GroupedEdit) => applyGroupedEdit(client, params));
  client.onRequest(INPUT, async ({ prompt, placeholder }: InputParams): Promise<InputResult> => {
    const text = await vscode.window.showInputBox({ prompt, ...(placeholder ? { placeHolder: placeholder } : {}), ignoreFocusOut: true });
    return { text: text ?? null };
  });
  const changes = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('coderoute')) void client.sendNotification(USER_SETTINGS, userSettings(extension));
  });
  const parts = [ghost, nextEdits, reviews, reviewed, changes, { dispose: progress.clear }];
  return { client, nextEdits, reviews, cancelJobs: progress.cancel, parts };
}

/** Of the same file, because it is needed no earlier. */
export { InstructionBox } from './instructionBox';
