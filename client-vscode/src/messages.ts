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
  /** Shows next edits itself: asks ``coderoute/nextEdit``, and needs no code action for them. */
  nextEdit?: boolean;
  /** Listens to ``coderoute/review`` and shows the hunks of edits; needs no code actions for them. */
  review?: boolean;
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
  /** What the user names to be shown to the model as well. */
  context?: NamedContext[];
  /** Score that the user asks for this time, 0 to 1. */
  floor?: number | null;
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
  /** How it stands with the team that was joined, in words; "" where none was. */
  team?: string;
  /** Whether next edits are suggested in any folder. Where they are not, nobody has to ask for them. */
  nextEdits?: boolean;
  /** Most to spend in a day. */
  dailyUsd?: number;
  /** Share of it at which to warn. */
  warnAt?: number;
  /** Unix time in seconds until which nothing is suggested; 0 while it is. */
  snoozedUntil?: number;
  /** Languages in which nothing is suggested. */
  languagesOff?: string[];
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

/** Request ``coderoute/nextEdit``: what would follow from the last edits? The answer is `NextEditAnswer`. Asked after each
 * change, when the cursor rests after a jump, after a save, and when diagnostics changed: the server waits until the edit has
 * settled, and a later request or change ends an earlier one, which is then answered with nothing. */
export interface NextEditParams {
  uri: string;
  /** Of the document, as the client has it; the answer to any other is nothing. */
  version: number;
  /** LSP Position of the cursor. */
  position: Json;
  /** LSP Diagnostics of the document, of any server. */
  diagnostics?: Json[];
  /** Asked for by hand: nothing is waited for. */
  invoked?: boolean;
}

/** One suggestion, for exactly this version of the document at ``uri``, which may be another than the one asked about. */
export interface NextEditOffered {
  /** Its id: the same change of the same version has the same. */
  item: string;
  /** ``edit``: all of ``edits`` as one undo step. ``jump``: lead the user to ``place``. ``rename``: rename what is at ``place``
   * to ``name``, as the editor does it. ``replace_all``: the same small edit at several places, as one undo step. */
  kind: 'edit' | 'jump' | 'rename' | 'replace_all';
  uri: string;
  version: number;
  /** LSP Range of what changes first, or of the place to jump to. */
  place: Json;
  /** LSP TextEdits, disjoint, in the order of the text. */
  edits?: Json[];
  name?: string;
  /** For people: ``repeats 2 of your edits``. */
  why?: string;
  /** Too far from the cursor to be seen: lead the user there first. */
  far?: boolean;
}

export interface NextEditAnswer {
  /** None where silence is right. */
  edit?: NextEditOffered | null;
}

/** Notification ``coderoute/nextEditOutcome``: the suggestion can be seen, or what became of it. ``ignored``: the user went on
 * without a word, nothing is concluded. */
export interface NextEditOutcome {
  item: string;
  outcome: 'shown' | 'accepted' | 'rejected' | 'ignored';
}

/** ``coderoute.acceptNextEdit``: the user took it. Editors that know `textDocument/copilotInlineEdit` run the command they got
 * with the edit, and send its first argument, which has to be a string, elsewhere as well: so it is the bare id. */
export interface NextEditId {
  item: string;
}

/** Request ``coderoute/commitMessage``: the message for what is staged in the repository at ``uri``; the answer is
 * `CommitMessage`, and cancelling the request cancels the call. ``coderoute.commitMessage``: write it into the document at
 * ``uri``, which git has opened for it, as a job; the answer is `RunStarted`. */
export interface CommitMessageParams {
  uri: string;
  /** What the user has written so far. */
  begun?: string;
  /** Ask this offer instead of the cheapest that is good enough. */
  offer?: string | null;
}

export interface CommitMessage {
  text: string;
  model?: string;
  costUsd?: number | null;
  /** What was left out, and what the built-in engine did. */
  notes?: string[];
}

/** ``coderoute.actions``: what can be asked for in this document; the answer is `ActionsOffered`. */
export interface ActionsParams {
  uri?: string;
}

/** One action of the menus. Whether it applies at the cursor, code actions tell. */
export interface ActionOffered {
  id: string;
  title: string;
  /** Its code action kind; "" for the message of a commit, which has a request of its own. */
  kind?: string;
  doc?: string;
  /** The file of a prompt of the user's or of the folder's; "" for ours. */
  file?: string;
  floor?: number | null;
  /** The model that is set for it. */
  model?: string | null;
}

export interface ActionsOffered {
  actions?: ActionOffered[];
  /** What is wrong with files of prompts, each with its line. */
  problems?: string[];
  /** Where prompts of the user's own belong. */
  promptsFolder?: string;
}

/** ``coderoute.offers``: which models may do this action here; the answer is `Offers`. */
export interface OffersParams {
  action: string;
  uri: string;
  /** LSP Range; None for the file of a commit message or a repository. */
  range?: Json | null;
}

export interface OfferShown {
  id: string;
  name: string;
  /** Expected price of this call. */
  usd: number;
  /** Expected seconds to the answer's first token. */
  firstTokenS: number;
  /** Lower bound of its score. */
  score?: number | null;
  local?: boolean;
  /** The one that is asked when nobody picks. */
  chosen?: boolean;
}

/** Only offers that clear the floor and every limit, the cheapest first. */
export interface Offers {
  offers?: OfferShown[];
  floor?: number;
  floorFrom?: string;
  /** The model that is set for the action, and */
  model?: string | null;
  /** where. */
  modelFrom?: string;
  /** Why there is none, and what to do about it. */
  whyNone?: string;
}

/** ``coderoute.chooseModel``: always ask this model for the action, in the folder of ``uri`` or everywhere; without ``offer``
 * whichever is cheapest again. The answer is `Written`. */
export interface ChooseModelParams {
  action: string;
  uri: string;
  scope: 'folder' | 'always';
  offer?: string | null;
}

/** ``coderoute.switchLanguage``: suggestions in this language on or off, for the user everywhere; without ``on`` it toggles.
 * The answer is `Written`. */
export interface SwitchLanguageParams {
  language: string;
  uri?: string;
  on?: boolean | null;
}

export interface Written {
  /** What holds now, and where it was written: for people. */
  text: string;
}

/** ``coderoute.snooze``: suggest nothing for so long; 0 ends it. What the user asks for by hand is answered. The answer is
 * `Status`. */
export interface SnoozeParams {
  minutes: number;
}

/** Request ``coderoute/definitions``: the functions and classes of an open document, for lenses above them. The answer is
 * `Definitions`. */
export interface DefinitionsParams {
  uri: string;
}

export interface DefinitionShown {
  name: string;
  /** LSP Range of its name. */
  range: Json;
}

export interface Definitions {
  definitions?: DefinitionShown[];
}

/** A file that the user names, a part of it, or a symbol in it. */
export interface NamedContext {
  uri: string;
  /** LSP Range of the part, of an open document in the version that the client has. */
  range?: Json | null;
  /** Name of a function, a class or a type of the file: its definition is meant. */
  symbol?: string;
}

/** What became of one `NamedContext`. */
export interface ContextShown {
  /** ``shop/prices.py:10-20``. */
  label: string;
  chars?: number;
  /** Why nothing of it may be sent. */
  problem?: string;
}

/** An ingredient of the prompt. */
export interface PartShown {
  name: string;
  chars: number;
}

/** A floor, and who would answer at it. */
export interface QualityOffered {
  floor: number;
  model?: string;
  costUsd?: number | null;
  /** Why nobody would. */
  problem?: string;
}

/** The answer of ``coderoute/preview``: what ``coderoute.run`` with the same argument would do. No model was asked. */
export interface Preview {
  /** Why it would be refused, and what to do. */
  problem?: string;
  model?: string;
  /** Expected. */
  costUsd?: number | null;
  floor?: number;
  why?: string;
  parts?: PartShown[];
  /** In the order in which it was named. */
  context?: ContextShown[];
  qualities?: QualityOffered[];
}

/** The answer of ``coderoute/instructions``: the user's last ones, the latest first. */
export interface Instructions {
  items?: string[];
}

/** The answer of ``coderoute.sent``: what the last action sent to a model. It is in memory alone. */
export interface Sent {
  /** Markdown. */
  text: string;
}

/** ``coderoute.followUp``: ask on about what this job answered, or about the last one's answer. */
export interface FollowUpParams {
  question: string;
  job?: string;
}

/** Request ``coderoute/conversation``: can one ask on, who would answer, for how much? The answer is `ConversationShown`. Asks
 * no model. */
export interface ConversationParams {
  job?: string;
}

export interface ConversationShown {
  /** Why nobody can be asked, and what to do. */
  problem?: string;
  job?: string;
  /** What it is about: ``Explain: prices.py:12``. */
  title?: string;
  model?: string;
  /** Expected. */
  costUsd?: number | null;
  /** Why this model: that the conversation stays with it, for example. */
  why?: string;
}

/** Request ``coderoute/chatModels``: which models can an editor's chat choose? The answer is `ChatModels`. Asks no model. */
export interface ChatModelsParams {
  /** A document: its folder's settings and budget hold. "": those of the first folder. */
  uri?: string;
}

/** One floor, as a model to choose. */
export interface ChatModel {
  id: string;
  /** ``CodeRoute · 0.70``. */
  name: string;
  /** Who would answer now, and for about how much: ``Claude Sonnet 4.6 ≈ $0.02``. */
  detail: string;
  tooltip: string;
  maxInputTokens: number;
  maxOutputTokens: number;
  /** Whether tools may be offered to it. */
  tools: boolean;
  images: boolean;
}

export interface ChatModels {
  /** Those that would be answered now. */
  models?: ChatModel[];
  /** Why there is none, and what to do about it. */
  problem?: string;
}

/** Words or a picture. */
export interface ChatPiece {
  kind: 'text' | 'image';
  text?: string;
  /** The picture's bytes in base64. */
  data?: string;
  /** ``image/png``. */
  mediaType?: string;
}

/** A part of a message: words, a picture, a call of a tool (only the assistant's), or what a tool answered. */
export interface ChatPart {
  kind: 'text' | 'image' | 'call' | 'result';
  text?: string;
  data?: string;
  mediaType?: string;
  /** Of the call that is made, or answered. */
  id?: string;
  /** Of the tool. */
  name?: string;
  /** Of the call, as JSON text. */
  arguments?: string;
  /** What the tool answered. */
  pieces?: ChatPiece[];
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  parts?: ChatPart[];
}

export interface ChatTool {
  name: string;
  description?: string;
  /** JSON Schema of its arguments. */
  schema?: Json;
}

/** Request ``coderoute/chat``: ask a chat model. What it says arrives as `ChatEvent`s; the answer, `ChatAnswer`, comes after
 * the last of them. Cancelling the request closes the connection to the vendor; what was used until then is booked. */
export interface ChatParams {
  /** The client's own id of this request, for the events. */
  chat: string;
  /** `ChatModel.id`. */
  model: string;
  messages: ChatMessage[];
  tools?: ChatTool[];
  /** One of the tools has to be called. */
  required?: boolean;
  uri?: string;
}

/** Notification ``coderoute/chatEvent``: a piece of the answer's text, or one whole call of a tool. */
export interface ChatEvent {
  chat: string;
  part: ChatPart;
}

export interface ChatAnswer {
  /** Name of the model that answered. */
  model: string;
  costUsd?: number | null;
  /** Why this model, in a sentence. */
  why?: string;
  /** What is wrong with how the answer ended. */
  problem?: string;
}

/** Request ``coderoute/countTokens``: how many tokens a text or a message has; the answer is `TokenCount`. Asks no model. */
export interface CountTokensParams {
  model: string;
  messages: ChatMessage[];
  uri?: string;
}

export interface TokenCount {
  /** As the model that would answer counts, estimated. */
  tokens: number;
}

export interface ChoiceOffered {
  /** ``show``: look at the model's answer as it came. */
  choice: 'keep' | 'undo' | 'retry' | 'show';
  /** With model and price where it costs: ``Retry on Claude Sonnet 4.6 (≈ $0.03)``. */
  title: string;
}

/** Lines that the edit wrote, in place of old ones. */
export interface ReviewHunk {
  hunk: number;
  /** Number of its first line, from 0. */
  first: number;
  /** Number of the line behind its last one; the same as ``first`` where lines were only taken away, above that line. */
  last: number;
  /** The lines that stood there, with their endings. */
  old: string;
  /** Somebody has changed its lines since: rejecting it takes that along, and needs ``force``. */
  changed?: boolean;
}

/** Notification ``coderoute/review``: how an edit stands. Sent whenever that changes, for what a newer version moves as well:
 * the newest one counts, and what was sent before for the same ``job`` is gone. */
export interface EditUnderReview {
  /** Of the action that wrote it. While it is ``writing``, ``window/workDoneProgress/cancel`` with it cancels the job. */
  job: string;
  uri: string;
  /** Of the document, which the hunks are counted in. */
  version: number;
  /** ``writing``: nothing can be decided yet. ``done``: nothing is left to be decided, take everything away; an undo of the
   * user's may open it again. */
  state: 'writing' | 'open' | 'done';
  /** ``Refactor by swift, $0.0002``. */
  title?: string;
  /** Those that are not decided, in the order of the text. */
  hunks?: ReviewHunk[];
  /** All hunks, decided ones included; a hunk's number is below that. */
  total?: number;
  kept?: number;
  rejected?: number;
  /** What may be done about all of it, by ``coderoute.choose``. */
  choices?: ChoiceOffered[];
}

/** ``coderoute.decideHunk``: keep or reject one hunk. The answer is `HunkDecided`; how the edit stands then is told by
 * ``coderoute/review``. */
export interface HunkDecision {
  job: string;
  hunk: number;
  decision: 'keep' | 'reject';
  /** Reject it with what somebody has changed in its lines. */
  force?: boolean;
}

export interface HunkDecided {
  /** False where lines of it were changed, and ``force`` was not given: ask the user. */
  done: boolean;
  message?: string;
}

/** ``coderoute.beforeEdit``: the document without what is undecided of this edit; the answer is `BeforeEdit`.
 * ``coderoute.showDiff``: show the difference as a text, where the editor has no view for it. */
export interface ReviewQuestion {
  job: string;
}

export interface BeforeEdit {
  text: string;
}

export const STATUS = 'coderoute/status';
export const JOB_FINISHED = 'coderoute/jobFinished';
export const APPLY_GROUPED_EDIT = 'coderoute/applyGroupedEdit';
export const INPUT = 'coderoute/input';
export const GHOST_AGAIN = 'coderoute/ghostAgain';
export const USER_SETTINGS = 'coderoute/userSettings';
export const NEXT_EDIT = 'coderoute/nextEdit';
export const NEXT_EDIT_OUTCOME = 'coderoute/nextEditOutcome';
export const COMMIT_MESSAGE = 'coderoute/commitMessage';
export const DEFINITIONS = 'coderoute/definitions';
export const PREVIEW = 'coderoute/preview';
export const INSTRUCTIONS = 'coderoute/instructions';
export const CONVERSATION = 'coderoute/conversation';
export const CHAT_MODELS = 'coderoute/chatModels';
export const CHAT = 'coderoute/chat';
export const CHAT_EVENT = 'coderoute/chatEvent';
export const COUNT_TOKENS = 'coderoute/countTokens';
export const REVIEW = 'coderoute/review';
