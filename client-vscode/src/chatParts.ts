/** Between VS Code's parts of a chat and the server's. */
import type { ChatApi, DataPart, RequestMessage, TextPart, ToolCallPart, ToolResultPart } from './chatApi';
import type { ChatMessage, ChatPart, ChatPiece } from './messages';

/** VS Code's numbers; the third is said by its own chat alone. */
const ROLES: Record<number, ChatMessage['role']> = { 1: 'user', 2: 'assistant', 3: 'system' };

export function toMessage(api: ChatApi, message: RequestMessage): ChatMessage {
  return { role: ROLES[message.role] ?? 'user', parts: message.content.flatMap((part) => toPart(api, part)) };
}

/** Nothing for a part that is no content: a mark for a vendor's cache, or thoughts. */
function toPart(api: ChatApi, part: unknown): ChatPart[] {
  if (part instanceof api.LanguageModelToolCallPart) {
    const { callId, name, input } = part as ToolCallPart;
    return [{ kind: 'call', id: callId, name, arguments: JSON.stringify(input ?? {}) }];
  }
  if (part instanceof api.LanguageModelToolResultPart) {
    const { callId, content } = part as ToolResultPart;
    return [{ kind: 'result', id: callId, pieces: content.flatMap((each) => toPiece(api, each)) }];
  }
  return toPiece(api, part);
}

function toPiece(api: ChatApi, part: unknown): ChatPiece[] {
  if (part instanceof api.LanguageModelTextPart) return [{ kind: 'text', text: (part as TextPart).value }];
  if (api.LanguageModelDataPart && part instanceof api.LanguageModelDataPart) return ofData(part as DataPart);
  if (api.LanguageModelPromptTsxPart && part instanceof api.LanguageModelPromptTsxPart) {
    return [{ kind: 'text', text: JSON.stringify((part as { value: unknown }).value) }];
  }
  return typeof part === 'string' ? [{ kind: 'text', text: part }] : [];
}

function ofData({ mimeType, data }: DataPart): ChatPiece[] {
  if (mimeType.startsWith('image/')) return [{ kind: 'image', data: Buffer.from(data).toString('base64'), mediaType: mimeType }];
  if (mimeType.startsWith('text/') && mimeType !== 'text/x-thinking') return [{ kind: 'text', text: Buffer.from(data).toString('utf8') }];
  return mimeType === 'application/json' ? [{ kind: 'text', text: Buffer.from(data).toString('utf8') }] : [];
}

export function fromPart(api: ChatApi, part: ChatPart): TextPart | ToolCallPart {
  if (part.kind !== 'call') return new api.LanguageModelTextPart(part.text ?? '');
  return new api.LanguageModelToolCallPart(part.id ?? '', part.name ?? '', argumentsOf(part.arguments ?? ''));
}

/** VS Code takes an object alone. What is none is handed on under a name that no tool has, so that the tool refuses it and says so. */
export function argumentsOf(text: string): object {
  if (!text.trim()) return {};
  try {
    const read: unknown = JSON.parse(text);
    if (read !== null && typeof read === 'object' && !Array.isArray(read)) return read;
  } catch {
    // falls through: the model wrote no JSON
  }
  return { unreadable_arguments: text };
}
