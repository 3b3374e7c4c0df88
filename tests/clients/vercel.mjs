// Asks the gateway as Vercel's AI SDK does, through two of its providers, and prints what its parsers made of each stream.
// node vercel.mjs MODULES URL TOKEN CASE…
import { createRequire } from 'node:module';

const [modules, url, token, ...cases] = process.argv.slice(2);
const load = createRequire(`${modules}/`);
const { streamText, tool, jsonSchema } = load('ai');
const { createOpenAICompatible } = load('@ai-sdk/openai-compatible');
const { createOpenRouter } = load('@openrouter/ai-sdk-provider');

const models = {
  compatible: createOpenAICompatible({ name: 'coderoute', baseURL: url, apiKey: token, includeUsage: true })('coderoute'),
  openrouter: createOpenRouter({ baseURL: url, apiKey: token })('coderoute'),
};
const inputSchema = jsonSchema({ type: 'object', properties: { city: { type: 'string' } } });
const tools = { look: tool({ description: 'Looks.', inputSchema }) };

for (const name of cases) {
  for (const [provider, model] of Object.entries(models)) {
    const told = { case: name, provider, text: '', reasoning: '', calls: [], finishes: [], errors: [] };
    try {
      const result = streamText({ model, prompt: name, tools, maxRetries: 0, onError: () => {} });
      for await (const part of result.fullStream) {
        if (part.type === 'text-delta') told.text += part.text;
        else if (part.type === 'reasoning-delta') told.reasoning += part.text;
        else if (part.type === 'tool-call') told.calls.push([part.toolName, part.input]);
        else if (part.type === 'finish') told.finishes.push(part.finishReason);
        else if (part.type === 'error') told.errors.push(String(part.error?.message ?? part.error));
      }
    } catch (error) {
      told.errors.push(String(error?.message ?? error));
    }
    console.log(JSON.stringify(told));
  }
}
