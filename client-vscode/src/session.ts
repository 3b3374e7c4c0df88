/** One server for the window: started when the first supported document is open, restarted on demand, guarded against crash loops. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Running } from './client';
import { CrashGuard } from './crashes';
import { storedKeys } from './keys';
import { type Found, serverEnvironment } from './locate';
import type { Status } from './messages';
import type { NextEdits } from './nextEdit';
import type { Reviews } from './reviews';
import { explain, findServer, installServer, offerInstall } from './server';
import { StatusBar } from './status';

export class Session implements vscode.Disposable {
  readonly status = new StatusBar();
  private guard = new CrashGuard();
  /** Of any server, running or not. */
  private lastStatus: Status | undefined;
  /** The server that was started, running or not. */
  running: Running | undefined;
  /** Start and stop one after the other, whatever asks for them. */
  private queue: Promise<unknown> = Promise.resolve();
  private readonly starting = new vscode.EventEmitter<void>();
  /** The server runs, for the first time or again. */
  readonly onDidStart = this.starting.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    readonly log: vscode.LogOutputChannel,
  ) {}

  /** The running client, started when it was not; undefined when the user was told why there is none. */
  async client(): Promise<LanguageClient | undefined> {
    await this.queue; // it may be starting anew, with another key for example
    if (!this.running) await this.start();
    if (this.running?.client.isRunning()) return this.running.client;
    if (this.running) void this.tellStopped(vscode.l10n.t('The CodeRoute server is not running.'));
    return undefined;
  }

  /** Of the running server. */
  get nextEdits(): NextEdits | undefined {
    return this.running?.nextEdits;
  }

  /** Cancels all jobs that run. */
  cancelJobs(): void {
    this.running?.cancelJobs();
  }

  /** Of the running server. */
  get reviews(): Reviews | undefined {
    return this.running?.reviews;
  }

  /** Install the server that comes with the extension, and start it. */
  install(): Promise<void> {
    return this.enqueue(async () => {
      await this.halt();
      try {
        await installServer(this.context, this.log);
      } catch (error) {
        this.status.say('$(error) CodeRoute', vscode.l10n.t('No server. Click for what can be done.'));
        void explain(error, this.log); // not awaited: what the user chooses there takes its turn in the queue
        return;
      }
      await this.launch();
    });
  }

  start(): Promise<void> {
    return this.enqueue(() => this.launch());
  }

  restart(): Promise<void> {
    return this.enqueue(async () => {
      this.guard = new CrashGuard();
      await this.halt();
      await this.launch();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.halt());
  }

  get started(): boolean {
    return this.running !== undefined;
  }

  dispose(): void {
    this.starting.dispose();
    this.status.dispose();
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    const next = this.queue.then(step);
    this.queue = next.catch(() => undefined);
    return next;
  }

  private async launch(): Promise<void> {
    if (this.running) return;
    this.status.say('$(loading~spin) CodeRoute', vscode.l10n.t('Starting'));
    const found = await this.find();
    if (!found) return;
    this.status.say('$(loading~spin) CodeRoute', vscode.l10n.t('Starting'));
    this.log.info(`Server: ${found.file} (found by ${found.origin})`);
    const env = serverEnvironment(process.env, await storedKeys(this.context.secrets), process.platform === 'win32');
    // A file of its own: the language client is nearly all of this extension's code, and VS Code's start does not wait for it.
    const { createClient } = await import('./client.js');
    const made = createClient({ context: this.context, file: found.file, env, log: this.log }, {
      status: (status) => {
        this.lastStatus = status;
        this.status.show(status);
      },
      lastStatus: () => this.lastStatus,
      crashed: () => this.crashed(),
    });
    this.running = made;
    try {
      await made.client.start();
      const info = made.client.initializeResult?.serverInfo;
      this.log.info(`The server runs: ${info?.name ?? 'coderoute-ls'} ${info?.version ?? ''}`);
      if (!this.status.last) this.status.show({ state: 'idle' });
      this.starting.fire();
    } catch (error) {
      this.log.error(String(error));
      await this.halt();
      this.status.say('$(error) CodeRoute', vscode.l10n.t('The server did not start. Click for what can be done.'));
      void this.tellStopped(vscode.l10n.t('The CodeRoute server at {0} did not start.', found.file));
    }
  }

  private async find(): Promise<Found | undefined> {
    try {
      const found = await findServer(this.context);
      if (found) return found;
      this.status.say('$(circle-slash) CodeRoute', vscode.l10n.t('No server yet. Click for what can be done.'));
      return await offerInstall(this.context, this.log);
    } catch (error) {
      this.status.say('$(error) CodeRoute', vscode.l10n.t('No server. Click for what can be done.'));
      void explain(error, this.log); // not awaited: what the user chooses there takes its turn in the queue
      return undefined;
    }
  }

  private async halt(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    if (!running) return;
    running.parts.forEach((part) => part.dispose());
    if (running.client.isRunning()) await running.client.stop();
    await running.client.dispose();
  }

  private crashed(): boolean {
    if (this.guard.mayRestart()) {
      this.status.say('$(loading~spin) CodeRoute', vscode.l10n.t('The server ended unexpectedly and is started again'));
      return true;
    }
    this.status.say('$(error) CodeRoute', vscode.l10n.t('The server keeps ending. Click for what can be done.'));
    void this.tellStopped(vscode.l10n.t('The CodeRoute server ended five times within three minutes and is not started again.'));
    return false;
  }

  private async tellStopped(message: string): Promise<void> {
    const restart = vscode.l10n.t('Restart');
    const open = vscode.l10n.t('Open Log');
    const choice = await vscode.window.showErrorMessage(message, restart, open);
    if (choice === restart) await this.restart();
    if (choice === open) this.log.show();
  }
}
