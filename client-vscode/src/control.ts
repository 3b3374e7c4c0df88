/** What the menus change: which model does an action, where suggestions are silent and for how long. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { runAction } from './actions';
import type { ActionOffered, Offers, OfferShown, Status } from './messages';
import { execute } from './requests';
import { dollars } from './status';

type Scope = 'once' | 'folder' | 'always';

/** Asks for an action, for a model that may do it, and for how long it should. */
export async function pickModel(client: BaseLanguageClient): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const folder = vscode.workspace.workspaceFolders?.[0];
  const place = editor?.document.uri ?? folder?.uri;
  const uri = place ? client.code2ProtocolConverter.asUri(place) : '';
  const { actions } = await execute(client, 'coderoute.actions', { uri });
  const action = await vscode.window.showQuickPick((actions ?? []).map(actionItem), {
    title: vscode.l10n.t('Model of an action'),
    placeHolder: vscode.l10n.t('Which action?'),
    matchOnDescription: true,
  });
  if (!action) return;
  const range = editor ? { range: { ...client.code2ProtocolConverter.asRange(editor.selection) } } : {};
  const found = await execute(client, 'coderoute.offers', { action: action.offered.id, uri, ...range });
  const picked = await pickOffer(action.offered, found);
  if (picked === undefined) return;
  const scope = await pickScope(action.offered, picked, editor !== undefined);
  if (!scope) return;
  if (scope === 'once') {
    if (picked) await runAction(client, action.offered.id, { offer: picked.id });
    return;
  }
  const said = await execute(client, 'coderoute.chooseModel', { action: action.offered.id, uri, scope, offer: picked?.id ?? null });
  void vscode.window.showInformationMessage(said.text);
}

function actionItem(offered: ActionOffered): vscode.QuickPickItem & { offered: ActionOffered } {
  const floor = vscode.l10n.t('floor {0}', (offered.floor ?? 0).toFixed(2));
  return { label: offered.title, description: [floor, offered.model ?? ''].filter(Boolean).join(' · '), offered };
}

/** An offer; null for whichever is cheapest; undefined when the user picked nothing. */
async function pickOffer(action: ActionOffered, found: Offers): Promise<OfferShown | null | undefined> {
  const offers = found.offers ?? [];
  if (!offers.length) {
    void vscode.window.showInformationMessage(found.whyNone || vscode.l10n.t('No model clears the floor of this action.'));
    return undefined;
  }
  const reset = {
    label: vscode.l10n.t('$(discard) Whichever is cheapest again'),
    description: vscode.l10n.t('{0} is set, {1}', found.model ?? '', found.modelFrom ?? ''),
    offer: null,
  };
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { offer: OfferShown | null }>(
    [...(found.model ? [reset] : []), ...offers.map(offerItem)],
    {
      title: vscode.l10n.t('{0}: models that reach {1} ({2})', action.title, (found.floor ?? 0).toFixed(2), found.floorFrom ?? ''),
      placeHolder: vscode.l10n.t('The cheapest first, with its price here and the time to its first word'),
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  return picked?.offer;
}

function offerItem(offer: OfferShown): vscode.QuickPickItem & { offer: OfferShown } {
  const price = offer.usd ? `≈ ${dollars(offer.usd)}` : vscode.l10n.t('free');
  const facts = [
    vscode.l10n.t('score {0}', (offer.score ?? 0).toFixed(2)),
    ...(offer.local ? [vscode.l10n.t('on this machine')] : []),
    ...(offer.chosen ? [vscode.l10n.t('asked now')] : []),
  ];
  return {
    label: `${offer.chosen ? '$(check) ' : ''}${offer.name}`,
    description: `${price} · ${vscode.l10n.t('{0} s', offer.firstTokenS.toFixed(1))}`,
    detail: `${facts.join(' · ')} · ${offer.id}`,
    offer,
  };
}

async function pickScope(action: ActionOffered, offer: OfferShown | null, editing: boolean): Promise<Scope | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  const folder = (document && vscode.workspace.getWorkspaceFolder(document.uri)) ?? vscode.workspace.workspaceFolders?.[0];
  const scopes: (vscode.QuickPickItem & { scope: Scope })[] = [];
  const here = offer && editing && action.kind;
  if (here) scopes.push({ label: vscode.l10n.t('This time'), description: vscode.l10n.t('runs now, at the cursor'), scope: 'once' });
  if (folder && !action.file) {
    scopes.push({ label: vscode.l10n.t('In this folder'), description: vscode.l10n.t('{0}; nothing is written into it', folder.name), scope: 'folder' });
  }
  if (!action.file) scopes.push({ label: vscode.l10n.t('Always'), description: vscode.l10n.t('in your config.toml, for every editor'), scope: 'always' });
  const title = offer ? vscode.l10n.t('{0} by {1}', action.title, offer.name) : action.title;
  return (await vscode.window.showQuickPick(scopes, { title, placeHolder: vscode.l10n.t('For how long?') }))?.scope;
}

/** Suggests nothing for a while, or again. */
export async function snooze(client: BaseLanguageClient, status: Status | undefined): Promise<void> {
  const again = { label: vscode.l10n.t('$(bell) Suggest again now'), minutes: 0 };
  const picked = await vscode.window.showQuickPick(
    [
      ...(status?.snoozedUntil ? [again] : []),
      { label: vscode.l10n.t('$(bell-slash) 5 minutes'), minutes: 5 },
      { label: vscode.l10n.t('$(bell-slash) An hour'), minutes: 60 },
    ],
    { title: vscode.l10n.t('Snooze suggestions'), placeHolder: vscode.l10n.t('Ghost text and next edits; actions still run') },
  );
  if (picked) await execute(client, 'coderoute.snooze', { minutes: picked.minutes });
}

/** Suggestions in the language of the file in front, on or off. */
export async function switchLanguage(client: BaseLanguageClient): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (!document) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a file of the language first.'));
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  const said = await execute(client, 'coderoute.switchLanguage', { language: document.languageId, uri });
  void vscode.window.showInformationMessage(said.text);
}

const BAR = 10;

/** Today's spending against the day's budget, as ten blocks. The numbers stand beside it: it is never the only sign. */
export function budgetBar(spent: number, most: number): string {
  const full = most > 0 ? Math.min(BAR, Math.ceil((spent / most) * BAR - 1e-9)) : spent > 0 ? BAR : 0;
  return '█'.repeat(full) + '░'.repeat(BAR - full);
}

/** ``$0.42 of $5.00 today``; with a word where little or nothing is left. */
export function budgetText({ todayUsd = 0, dailyUsd = 0, warnAt = 1 }: Status): string {
  const said = vscode.l10n.t('{0} of {1} today', dollars(todayUsd), dollars(dailyUsd));
  if (todayUsd >= dailyUsd) return vscode.l10n.t('{0}: only free models are asked', said);
  return todayUsd >= dailyUsd * warnAt ? vscode.l10n.t('{0}: nearly used up', said) : said;
}
