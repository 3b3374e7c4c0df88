/** Progress of jobs as notifications with a Cancel button: vscode-languageclient shows it in the status bar, without one. */
import * as vscode from 'vscode';
import {
  type Middleware,
  type ProgressToken,
  WorkDoneProgressCancelNotification,
  type BaseLanguageClient,
} from 'vscode-languageclient/node';

type Handler = NonNullable<Middleware['handleWorkDoneProgress']>;

interface Shown {
  cancel(): void;
  report(message: string | undefined, percentage: number | undefined): void;
  end(): void;
}

/** The middleware, and how to take down what a stopped server left behind. */
export function cancellableProgress(client: () => BaseLanguageClient | undefined): {
  handle: Handler;
  cancel(): void;
  clear(): void;
} {
  const shown = new Map<ProgressToken, Shown>();
  const handle: Handler = (token, params, next) => {
    if (params.kind === 'begin' && params.cancellable) {
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, cancellable: true, title: params.title },
        (progress, cancelled) =>
          new Promise<void>((resolve) => {
            let before = 0;
            const cancel = (): void => void client()?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
            cancelled.onCancellationRequested(cancel);
            const report = (message: string | undefined, percentage: number | undefined): void => {
              const increment = percentage === undefined ? undefined : percentage - before;
              before = percentage ?? before;
              progress.report({ ...(message === undefined ? {} : { message }), ...(increment === undefined ? {} : { increment }) });
            };
            report(params.message, params.percentage);
            shown.set(token, { cancel, report, end: resolve });
          }),
      );
      return;
    }
    const job = shown.get(token);
    if (!job) return next(token, params);
    if (params.kind === 'report') job.report(params.message, params.percentage);
    else {
      job.end();
      shown.delete(token);
    }
  };
  const cancel = (): void => shown.forEach((job) => job.cancel());
  const clear = (): void => {
    for (const job of shown.values()) job.end();
    shown.clear();
  };
  return { handle, cancel, clear };
}
