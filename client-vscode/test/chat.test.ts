import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatApi } from '../src/chatApi';
import { argumentsOf, fromPart, toMessage } from '../src/chatParts';

class Text {
  constructor(readonly value: string) {}
}
class Call {
  constructor(
    readonly callId: string,
    readonly name: string,
    readonly input: object,
  ) {}
}
class Result {
  constructor(
    readonly callId: string,
    readonly content: unknown[],
  ) {}
}
class Data {
  constructor(
    readonly data: Uint8Array,
    readonly mimeType: string,
  ) {}
}
const API = {
  LanguageModelTextPart: Text,
  LanguageModelToolCallPart: Call,
  LanguageModelToolResultPart: Result,
  LanguageModelDataPart: Data,
} as unknown as ChatApi;
const BYTES = new Uint8Array([1, 2, 3]);

test('words, pictures, calls and results go to the server, and what is no content does not', () => {
  const content = [
    new Text('Hi'),
    new Data(BYTES, 'image/png'),
    new Data(BYTES, 'cache_control'),
    new Call('1', 'read', { at: 'x' }),
    new Result('1', [new Text('read'), new Data(BYTES, 'image/jpeg'), { thinking: true }]),
    { value: 'thoughts' },
  ];
  assert.deepEqual(toMessage(API, { role: 2, content }), {
    role: 'assistant',
    parts: [
      { kind: 'text', text: 'Hi' },
      { kind: 'image', data: 'AQID', mediaType: 'image/png' },
      { kind: 'call', id: '1', name: 'read', arguments: '{"at":"x"}' },
      { kind: 'result', id: '1', pieces: [{ kind: 'text', text: 'read' }, { kind: 'image', data: 'AQID', mediaType: 'image/jpeg' }] },
    ],
  });
});

test('a role that is not known is the user, and the third is the system', () => {
  assert.deepEqual([1, 2, 3, 7].map((role) => toMessage(API, { role, content: [] }).role), ['user', 'assistant', 'system', 'user']);
});

test('an older VS Code has no pictures, and its parts are read all the same', () => {
  const { LanguageModelDataPart: _, ...older } = API;
  assert.deepEqual(toMessage(older as ChatApi, { role: 1, content: [new Text('Hi')] }).parts, [{ kind: 'text', text: 'Hi' }]);
});

test('answers come back as text and calls; arguments that are no object reach the tool, which refuses them', () => {
  assert.deepEqual(fromPart(API, { kind: 'text', text: 'So.' }), new Text('So.'));
  assert.deepEqual(fromPart(API, { kind: 'call', id: '1', name: 'read', arguments: '{"at":1}' }), new Call('1', 'read', { at: 1 }));
  for (const none of ['', ' ']) assert.deepEqual(argumentsOf(none), {});
  for (const odd of ['[1]', '7', 'null', '{"at":']) assert.deepEqual(argumentsOf(odd), { unreadable_arguments: odd });
});
