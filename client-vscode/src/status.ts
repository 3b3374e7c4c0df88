/** The status bar: model in use, price today, and whether anything is wrong. */
import * as vscode from 'vscode';
import type { Status } from './messages';

const ICONS: Record<Status['state'], string> = {
  idle: '$(compass)',
  working: '$(loading~spin)',
  degraded: '$(warning)',
  paused: '$(debug-pause)',
};

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('coderoute.status', vscode.StatusBarAlignment.Right, 100);
  last: Status | undefined;

  constructor() {
    this.item.name = 'CodeRoute';
    this.item.command = 'coderoute.menu';
  }

  /** While the server starts, or when it is not there: one line that says so. */
  say(text: string, tooltip: string): void {
    this.last = undefined;
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `CodeRoute. ${tooltip}`, role: 'button' };
    this.item.backgroundColor = undefined;
    this.item.show();
  }

  show(status: Status): void {
    this.last = status;
    this.item.text = statusText(status);
    this.item.tooltip = statusTooltip(status);
    this.item.accessibilityInformation = { label: spoken(status), role: 'button' };
    this.item.backgroundColor = status.state === 'degraded' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}

export function statusText(status: Status): string {
  const today = status.todayUsd ? ` ${dollars(status.todayUsd)}` : '';
  const icon = status.snoozedUntil && status.state === 'idle' ? '$(bell-slash)' : ICONS[status.state];
  return `${icon} ${status.model || 'CodeRoute'}${today}`;
}

/** What a screen reader says: the state in words, where the eye sees an icon. */
export function spoken(status: Status): string {
  const states: Record<Status['state'], string> = {
    idle: vscode.l10n.t('ready'),
    working: vscode.l10n.t('working'),
    degraded: vscode.l10n.t('warning'),
    paused: vscode.l10n.t('paused'),
  };
  return [`CodeRoute, ${states[status.state]}`, ...rows(status)].join('. ');
}

function rows(status: Status): string[] {
  return [
    status.model ? vscode.l10n.t('Model: {0}', status.model) : vscode.l10n.t('No model was asked yet'),
    vscode.l10n.t('Spent: {0} of {1} today', dollars(status.todayUsd ?? 0), dollars(status.dailyUsd ?? 0)),
    vscode.l10n.t('Quality: {0}', status.quality ?? 'balanced'),
    ...(status.ghostText ? [status.ghostText] : []),
    ...(status.team ? [status.team] : []),
    ...(status.snoozedUntil ? [vscode.l10n.t('Suggestions snoozed until {0}', timeOf(status.snoozedUntil))] : []),
    ...(status.languagesOff?.length ? [vscode.l10n.t('Nothing is suggested in: {0}', status.languagesOff.join(', '))] : []),
    ...(status.state === 'paused' ? [vscode.l10n.t('Paused')] : []),
    ...(status.message ? [status.message] : []),
  ];
}

function statusTooltip(status: Status): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  rows(status).forEach((row) => text.appendText(row).appendMarkdown('\n\n'));
  return text;
}

/** A time of the day, as the user's system writes it. */
export function timeOf(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

/** Two significant digits below a cent, else cents; never an exponent. */
export function dollars(usd: number): string {
  if (usd > 0 && usd < 0.000001) return '< $0.000001';
  return usd > 0 && usd < 0.01 ? `$${Number(usd.toPrecision(2))}` : `$${usd.toFixed(2)}`;
}
