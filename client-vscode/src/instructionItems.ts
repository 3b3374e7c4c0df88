/** What the instruction box shows: who would answer, at which quality, from what. */
import { l10n } from 'vscode';
import type { ContextShown, NamedContext, Preview, QualityOffered } from './messages';
import { dollars } from './status';

export interface Named {
  context: NamedContext;
  /** What it is called until the server has looked at it. */
  label: string;
}

export interface Box {
  instruction: string;
  /** Asked for this time; undefined: that of the settings. */
  floor: number | undefined;
  named: readonly Named[];
}

export type Kind = 'send' | 'problem' | 'quality' | 'named' | 'addFile' | 'addSymbol' | 'earlier' | 'sent' | 'told' | 'separator';

export interface Entry {
  kind: Kind;
  label: string;
  description?: string;
  detail?: string;
  /** Of a quality. */
  floor?: number;
  /** Place in `Box.named`. */
  at?: number;
  instruction?: string;
}

/** Rows from the first, which Enter takes, to the last. */
export function entries(box: Box, preview: Preview | undefined, earlier: readonly string[]): Entry[] {
  return [
    first(box, preview),
    { kind: 'separator', label: l10n.t('Quality: the cheapest model that reaches the score answers') },
    ...(preview?.qualities ?? []).map((quality) => ofQuality(quality, preview?.floor)),
    { kind: 'separator', label: l10n.t('What the model sees') },
    ...box.named.map((named, at) => ofNamed(named, at, preview?.context?.[at])),
    ...seen(preview),
    { kind: 'addFile', label: l10n.t('$(add) Add a file…'), description: l10n.t('@ in the box') },
    { kind: 'addSymbol', label: l10n.t('$(symbol-method) Add a symbol…'), description: l10n.t('# in the box') },
    ...(earlier.length ? [{ kind: 'separator' as const, label: l10n.t('Earlier instructions') }] : []),
    ...earlier.map((instruction) => ({ kind: 'earlier' as const, label: `$(history) ${instruction}`, instruction })),
    { kind: 'separator', label: '' },
    { kind: 'sent', label: l10n.t('$(eye) Show what was sent last'), description: l10n.t('from memory') },
  ];
}

function first(box: Box, preview: Preview | undefined): Entry {
  if (!preview) return { kind: 'problem', label: l10n.t('$(loading~spin) Looking who would answer…') };
  if (preview.problem) return { kind: 'problem', label: l10n.t('$(error) Nothing would be sent'), detail: preview.problem };
  const label = l10n.t('$(play) Ask {0} ({1})', preview.model ?? '', price(preview.costUsd));
  if (!box.instruction.trim()) return { kind: 'problem', label, description: l10n.t('once you have typed what should change') };
  return { kind: 'send', label, ...(preview.why ? { description: preview.why } : {}) };
}

function ofQuality(quality: QualityOffered, now: number | undefined): Entry {
  const chosen = quality.floor === now;
  const label = `${chosen ? '$(circle-filled)' : '$(circle-outline)'} ${quality.floor.toFixed(2)}`;
  const who = `${quality.model} (${price(quality.costUsd)})`;
  const description = quality.problem || (chosen ? l10n.t('{0}, chosen', who) : who);
  return { kind: 'quality', label, description, floor: quality.floor };
}

function ofNamed(named: Named, at: number, shown: ContextShown | undefined): Entry {
  const label = `${shown?.problem ? '$(error)' : '$(file)'} ${shown?.label ?? named.label}`;
  return { kind: 'named', label, description: shown ? shown.problem || size(shown.chars ?? 0) : '', detail: '', at };
}

const parts = (): Record<string, string> => ({
  region: l10n.t('The lines themselves'),
  surroundings: l10n.t('The lines around them'),
  related: l10n.t('Pieces of other files'),
  rules: l10n.t('Rules'),
});

function seen(preview: Preview | undefined): Entry[] {
  const names = parts();
  const shown = (preview?.parts ?? []).filter(({ name }) => names[name]);
  // A row and no separator: VS Code hides those as soon as something is typed.
  return shown.map(({ name, chars }) => ({ kind: 'told', label: `$(note) ${names[name]}`, description: size(chars) }));
}

const size = (chars: number): string => l10n.t('{0} characters', chars.toLocaleString('en-US'));

const price = (usd: number | null | undefined): string => (usd ? `≈ ${dollars(usd)}` : l10n.t('free'));

/** The title of the box: model and price stay in view while one types. */
export function boxTitle(action: string, preview: Preview | undefined): string {
  if (!preview || preview.problem) return action;
  return `${action}: ${preview.model}, ${price(preview.costUsd)}`;
}
