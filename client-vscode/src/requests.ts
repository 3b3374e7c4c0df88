/** Commands of the server, each with its one argument. */
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type {
  AcceptParams,
  ActionsOffered,
  ActionsParams,
  AnswerParams,
  BeforeEdit,
  ChooseModelParams,
  CommitMessageParams,
  FollowUpParams,
  HunkDecided,
  HunkDecision,
  JobChoice,
  Offers,
  OffersParams,
  PauseParams,
  QualityParams,
  ReviewQuestion,
  RunParams,
  RunStarted,
  Sent,
  SnoozeParams,
  Status,
  SwitchLanguageParams,
  Usage,
  Why,
  WhyParams,
  Written,
} from './messages';

interface Commands {
  'coderoute.run': [RunParams, RunStarted];
  'coderoute.choose': [JobChoice, null];
  'coderoute.showAnswer': [AnswerParams, null];
  'coderoute.decideHunk': [HunkDecision, HunkDecided];
  'coderoute.beforeEdit': [ReviewQuestion, BeforeEdit];
  'coderoute.accept': [AcceptParams, null];
  'coderoute.why': [WhyParams, Why];
  'coderoute.usage': [Record<string, never>, Usage];
  'coderoute.sent': [Record<string, never>, Sent];
  'coderoute.followUp': [FollowUpParams, RunStarted];
  'coderoute.setQuality': [QualityParams, null];
  'coderoute.pause': [PauseParams, null];
  'coderoute.commitMessage': [CommitMessageParams, RunStarted];
  'coderoute.actions': [ActionsParams, ActionsOffered];
  'coderoute.offers': [OffersParams, Offers];
  'coderoute.chooseModel': [ChooseModelParams, Written];
  'coderoute.switchLanguage': [SwitchLanguageParams, Written];
  'coderoute.snooze': [SnoozeParams, Status];
}

/** The server's answer to a command. */
export function execute<Name extends keyof Commands>(
  client: BaseLanguageClient,
  command: Name,
  argument: Commands[Name][0],
): Promise<Commands[Name][1]> {
  return client.sendRequest('workspace/executeCommand', { command, arguments: [argument] });
}
