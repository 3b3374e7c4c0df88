/** CodeRoute's floors as models of VS Code's own chat. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { type ChatApi, type ModelInformation, type ModelProvider, type RequestMessage, type ResponseOptions, chatApi } from './chatApi';
import { fromPart, toMessage } from './chatParts';
import {
  CHAT,
  CHAT_EVENT,
  CHAT_MODELS,
  COUNT_TOKENS,
  type ChatAnswer,
  type ChatEvent,
  type ChatModels,
  type ChatModelsParams,
  type ChatParams,
  type ChatPart,
  type CountTokensParams,
  type TokenCount,
} from './messages';
import type { Session } from './session';

const VENDOR = 'coderoute';
/** VS Code's `LanguageModelChatToolMode.Required`. */
const REQUIRED = 2;
/** Whether the chat was ever used: from then on the server is started for it, and not only for files. */
const USED = 'chat.used';
const noServer = (): string => vscode.l10n.t('The CodeRoute server is not running. Open the CodeRoute menu in the status bar, then ask again.');

export class ChatModelProvider implements ModelProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.changed.event;
  private readonly listeners = new Map<string, (part: ChatPart) => void>();
  private readonly heard = new WeakSet<BaseLanguageClient>();
  private readonly parts: vscode.Disposable[];
  private asked = 0;

  constructor(
    private readonly api: ChatApi,
    private readonly session: Session,
    private readonly memory: vscode.Memento,
  ) {
    this.parts = [
      this.changed,
      api.lm.registerLanguageModelChatProvider(VENDOR, this),
      session.onDidStart(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('coderoute')) this.changed.fire();
      }),
    ];
  }

  dispose(): void {
    this.parts.forEach((part) => part.dispose());
  }

  async provideLanguageModelChatInformation({ silent }: { readonly silent: boolean }): Promise<ModelInformation[]> {
    if (silent && !this.session.started && !this.memory.get<boolean>(USED)) return [];
    const { models, problem } = await this.models();
    if (!silent && problem) void this.tell(problem);
    return models.map((model) => ({
      id: model.id,
      name: model.name,
      family: VENDOR,
      version: '1',
      detail: model.detail,
      tooltip: model.tooltip,
      maxInputTokens: model.maxInputTokens,
      maxOutputTokens: model.maxOutputTokens,
      capabilities: { imageInput: model.images, toolCalling: model.tools },
    }));
  }

  async provideLanguageModelChatResponse(
    model: ModelInformation,
    messages: readonly RequestMessage[],
    options: ResponseOptions,
    progress: vscode.Progress<unknown>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const client = await this.client();
    if (!client) throw new Error(noServer());
    const chat = `${++this.asked}`;
    let silent = true;
    this.listeners.set(chat, (part) => {
      silent = false;
      progress.report(fromPart(this.api, part));
    });
    const params: ChatParams = {
      chat,
      model: model.id,
      messages: messages.map((message) => toMessage(this.api, message)),
      tools: (options.tools ?? []).map(({ name, description, inputSchema }) => ({ name, description, schema: { ...inputSchema } })),
      required: options.toolMode === REQUIRED,
      ...this.place(),
    };
    try {
      const { problem } = await client.sendRequest<ChatAnswer>(CHAT, params, token);
      if (problem && silent) throw new Error(problem);
      if (problem) progress.report(fromPart(this.api, { kind: 'text', text: `\n\n*${problem}*` }));
    } catch (error) {
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      throw sentence(error);
    } finally {
      this.listeners.delete(chat);
      this.changed.fire(); // what was learned may have changed who answers, and the price
    }
  }

  async provideTokenCount(model: ModelInformation, text: string | RequestMessage, token: vscode.CancellationToken): Promise<number> {
    const client = await this.client();
    if (!client) throw new Error(noServer());
    const message = typeof text === 'string' ? { role: 'user' as const, parts: [{ kind: 'text' as const, text }] } : toMessage(this.api, text);
    const params: CountTokensParams = { model: model.id, messages: [message], ...this.place() };
    return (await client.sendRequest<TokenCount>(COUNT_TOKENS, params, token)).tokens;
  }

  /**
   * Offers the models to VS Code's chat as ones of the user's own. VS Code enables its chat when its page of models is opened, and
   * asks for no account once a provider that is not its own is listed there.
   */
  async use(): Promise<void> {
    const { models, problem } = await this.models();
    if (!models.length) return this.tell(problem || noServer());
    if (vscode.workspace.getConfiguration('chat').get<boolean>('disableAIFeatures')) {
      const open = vscode.l10n.t('Open the Setting');
      const picked = await vscode.window.showWarningMessage(vscode.l10n.t('Chat is switched off in VS Code (chat.disableAIFeatures). Switch it on, then try again.'), open);
      if (picked === open) await vscode.commands.executeCommand('workbench.action.openSettings', 'chat.disableAIFeatures');
      return;
    }
    await this.memory.update(USED, true);
    try {
      await vscode.commands.executeCommand('workbench.action.chat.manage');
      await vscode.commands.executeCommand('lm.addLanguageModelsProviderGroup', { name: 'CodeRoute', vendor: VENDOR });
    } catch (error) {
      this.session.log.info(`The models were not added: ${String(error)}`); // they are there already, or this VS Code adds them by hand
    }
    this.changed.fire();
    void vscode.window.showInformationMessage(vscode.l10n.t("CodeRoute's models are in the chat's model picker: the number is the floor, the cheapest model above it answers."));
  }

  private async models(): Promise<Required<ChatModels>> {
    const client = await this.client();
    const params: ChatModelsParams = this.place();
    const found = client ? await client.sendRequest<ChatModels>(CHAT_MODELS, params) : {};
    return { models: [], problem: '', ...found };
  }

  private async tell(problem: string): Promise<void> {
    const key = vscode.l10n.t('Set API Key…');
    if ((await vscode.window.showErrorMessage(problem, key)) === key) await vscode.commands.executeCommand('coderoute.setKey');
  }

  private place(): { uri?: string } {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    return uri ? { uri } : {};
  }

  private async client(): Promise<BaseLanguageClient | undefined> {
    const client = await this.session.client();
    if (client && !this.heard.has(client)) {
      this.heard.add(client);
      client.onNotification(CHAT_EVENT, ({ chat, part }: ChatEvent) => this.listeners.get(chat)?.(part));
    }
    return client;
  }
}

/** The server's sentence alone: the chat shows an error with its stack, which is nothing for people. */
function sentence(error: unknown): Error {
  const told = new Error(error instanceof Error ? error.message : String(error));
  told.stack = '';
  return told;
}

/** The provider, registered; undefined where VS Code has no place for one. */
export function registerChat(context: vscode.ExtensionContext, session: Session): ChatModelProvider | undefined {
  const api = chatApi();
  if (!api) return undefined;
  const provider = new ChatModelProvider(api, session, context.globalState);
  context.subscriptions.push(provider);
  return provider;
}
