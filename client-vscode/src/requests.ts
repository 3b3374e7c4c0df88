/** Commands of the server, each with its one argument. */
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import type { AcceptParams, AnswerParams, JobChoice, PauseParams, QualityParams, RunParams, RunStarted, Usage, Why, WhyParams } from './messages';

interface Commands {
  'coderoute.run': [RunParams, RunStarted];
  'coderoute.choose': [JobChoice, null];
  'coderoute.showAnswer': [AnswerParams, null];
  'coderoute.accept': [AcceptParams, null];
  'coderoute.why': [WhyParams, Why];
  'coderoute.usage': [Record<string, never>, Usage];
  'coderoute.setQuality': [QualityParams, null];
  'coderoute.pause': [PauseParams, null];
}

/** The server's answer to a command. */
export function execute<Name extends keyof Commands>(
  client: BaseLanguageClient,
  command: Name,
  argument: Commands[Name][0],
): Promise<Commands[Name][1]> {
  return client.sendRequest('workspace/executeCommand', { command, arguments: [argument] });
}
