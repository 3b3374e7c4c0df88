/**
 * What VS Code's chat asks of a provider of models: the interface is there since 1.104, pictures in it since 1.106. The extension
 * runs in older versions as well, so it is described here, as far as it is used, and looked for when it is needed.
 */
import * as vscode from 'vscode';

export interface ModelInformation {
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly detail: string;
  readonly tooltip: string;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  readonly capabilities: { readonly imageInput: boolean; readonly toolCalling: boolean };
}

export interface RequestMessage {
  readonly role: number;
  readonly content: readonly unknown[];
}

export interface ResponseOptions {
  readonly tools?: readonly { readonly name: string; readonly description: string; readonly inputSchema?: object }[];
  readonly toolMode: number;
}

export interface ModelProvider {
  readonly onDidChangeLanguageModelChatInformation: vscode.Event<void>;
  provideLanguageModelChatInformation(options: { readonly silent: boolean }, token: vscode.CancellationToken): Promise<ModelInformation[]>;
  provideLanguageModelChatResponse(
    model: ModelInformation,
    messages: readonly RequestMessage[],
    options: ResponseOptions,
    progress: vscode.Progress<unknown>,
    token: vscode.CancellationToken,
  ): Promise<void>;
  provideTokenCount(model: ModelInformation, text: string | RequestMessage, token: vscode.CancellationToken): Promise<number>;
}

export interface TextPart {
  readonly value: string;
}

export interface ToolCallPart {
  readonly callId: string;
  readonly name: string;
  readonly input: object;
}

export interface ToolResultPart {
  readonly callId: string;
  readonly content: readonly unknown[];
}

export interface DataPart {
  readonly mimeType: string;
  readonly data: Uint8Array;
}

export interface ChatApi {
  readonly lm: { registerLanguageModelChatProvider(vendor: string, provider: ModelProvider): vscode.Disposable };
  readonly LanguageModelTextPart: new (value: string) => TextPart;
  readonly LanguageModelToolCallPart: new (callId: string, name: string, input: object) => ToolCallPart;
  readonly LanguageModelToolResultPart: new (callId: string, content: unknown[]) => ToolResultPart;
  /** Not before 1.106. */
  readonly LanguageModelDataPart?: new (data: Uint8Array, mimeType: string) => DataPart;
  /** What a tool of an extension answers that writes its prompts with `@vscode/prompt-tsx`. */
  readonly LanguageModelPromptTsxPart?: new (value: unknown) => { readonly value: unknown };
}

/** The interface of this VS Code; undefined where it has none. */
export function chatApi(): ChatApi | undefined {
  const api = vscode as unknown as ChatApi;
  return typeof api.lm?.registerLanguageModelChatProvider === 'function' ? api : undefined;
}
