// Written by generate.py from the server's declarations: do not edit.

export type Json = Record<string, unknown>;

/** ``capabilities.experimental.coderoute``: what this client can take. */
export interface Announced {
  /** Answers ``coderoute/applyGroupedEdit`` and joins the edits of one job into one undo step. */
  groupedEdits?: boolean;
  /** Answers ``coderoute/input``. */
  input?: boolean;
  /** Listens to ``coderoute/status``. */
  status?: boolean;
  /** Listens to ``coderoute/jobFinished`` and offers its choices. */
  jobs?: boolean;
  /** Forwards user-level values of the settings that a workspace may not set, in ``initializationOptions.userSettings``. */
  userSettings?: boolean;
  /** Listens to ``coderoute/ghostAgain``. */
  ghostAgain?: boolean;
  /** Sends ``textDocument/completion`` of kind Invoked only when the user asks. LSP sends that kind for typing as well. */
  completionInvoked?: boolean;
}

/** ``coderoute.run``: start an action. Answered at once with `RunStarted`; everything else arrives as edits and progress. */
export interface RunParams {
  action: string;
  uri: string;
  /** LSP Range, in the negotiated encoding, on the version the client sees now. */
  range: Json;
  instruction?: string;
  /** Ask the user for the instruction, even where the comment above could be one. No plain boolean: lsp-mode sends null back for
   * false. */
  ask?: boolean | null;
  diagnostics?: Json[];
  /** Ask this offer instead of the cheapest that is good enough (retry on a stronger one). */
  offer?: string | null;
}

export interface RunStarted {
  job: string;
  /** Work-done progress token: ``window/workDoneProgress/cancel`` with it cancels the job. */
  token: string;
}

/** ``coderoute.choose``: what to do with a finished job. */
export interface JobChoice {
  job: string;
  choice: 'keep' | 'undo' | 'retry' | 'show';
}

/** ``coderoute.showAnswer``: the model's answer as it came, of this job or of the last one that is remembered. */
export interface AnswerParams {
  job?: string;
}

/** ``coderoute.accept``: a ghost text was accepted; ``chars`` when only that many of its characters were. */
export interface AcceptParams {
  item: string;
  chars?: number | null;
}

/** ``coderoute.why``: the last decision, or the one of this action and about this document, told in words. */
export interface WhyParams {
  action?: string | null;
  uri?: string | null;
}

export interface Why {
  /** Markdown. */
  text: string;
  decision?: Json | null;
  /** The frontier plot and candidates' table as one page without scripts. */
  html?: string | null;
}

/** The answer of ``coderoute.usage``: what was asked, spent and accepted lately. */
export interface Usage {
  /** Markdown. */
  text: string;
}

/** ``coderoute.setQuality``: write the preset into the folder's ``coderoute.toml``. */
export interface QualityParams {
  uri: string;
  quality: 'economy' | 'balanced' | 'best';
}

/** ``coderoute.pause``: stop or resume answering; without ``paused`` it toggles. */
export interface PauseParams {
  paused?: boolean | null;
}

/** Notification ``coderoute/status``. */
export interface Status {
  state: 'idle' | 'working' | 'degraded' | 'paused';
  /** Name of the model in use or used last. */
  model?: string;
  /** Why it is degraded: ``floor 0.80 unmet: using X at 0.72``. */
  message?: string;
  todayUsd?: number;
  quality?: string;
  /** Which vendors give ghost text, and by which model; "" while nothing was asked yet. */
  ghostText?: string;
}

export interface ChoiceOffered {
  /** ``show``: look at the model's answer as it came. */
  choice: 'keep' | 'undo' | 'retry' | 'show';
  /** With model and price where it costs: ``Retry on Claude Sonnet 4.6 (≈ $0.03)``. */
  title: string;
}

/** Notification ``coderoute/jobFinished``. */
export interface JobFinished {
  job: string;
  action: string;
  uri: string;
  /** ``refused``: the answer does not fit the region, and nothing of it is written. ``stopped``: somebody changed the region, or
   * the document was closed; what was written is taken back, or ``undo`` is among the choices. */
  outcome: 'applied' | 'unchanged' | 'refused' | 'cancelled' | 'stopped' | 'failed';
  message?: string;
  problems?: string[];
  choices?: ChoiceOffered[];
  model?: string;
  costUsd?: number | null;
}

/** Request ``coderoute/applyGroupedEdit``: one flush of a job. The client applies it like ``workspace/applyEdit`` (versions
 * checked) and joins it to the job's undo step; the answer is `Applied`. */
export interface GroupedEdit {
  job: string;
  first: boolean;
  last: boolean;
  /** LSP WorkspaceEdit with ``documentChanges``. */
  edit: Json;
}

export interface Applied {
  applied: boolean;
  failureReason?: string | null;
}

/** Request ``coderoute/input``: ask the user for one line of text; the answer is `InputResult`. */
export interface InputParams {
  prompt: string;
  placeholder?: string;
}

export interface InputResult {
  /** None when the user dismissed the box. */
  text?: string | null;
}

/** Notification ``coderoute/ghostAgain``: ask for ghost text again, as while typing, unless the cursor has moved on. */
export interface GhostAgain {
  uri: string;
}

export const STATUS = 'coderoute/status';
export const JOB_FINISHED = 'coderoute/jobFinished';
export const APPLY_GROUPED_EDIT = 'coderoute/applyGroupedEdit';
export const INPUT = 'coderoute/input';
export const GHOST_AGAIN = 'coderoute/ghostAgain';
export const USER_SETTINGS = 'coderoute/userSettings';
