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
    this.item.backgroundColor = undefined;
    this.item.show();
  }

  show(status: Status): void {
    this.last = status;
    this.item.text = statusText(status);
    this.item.tooltip = statusTooltip(status);
    this.item.backgroundColor = status.state === 'degraded' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}

export function statusText(status: Status): string {
  const today = status.todayUsd ? ` ${dollars(status.todayUsd)}` : '';
  return `${ICONS[status.state]} ${status.model || 'CodeRoute'}${today}`;
}

function statusTooltip(status: Status): vscode.MarkdownString {
  const rows = [
    status.model ? `Model: ${status.model}` : 'No model was asked yet',
    `Spent today: ${dollars(status.todayUsd ?? 0)}`,
    `Quality: ${status.quality ?? 'balanced'}`,
    ...(status.ghostText ? [status.ghostText] : []),
    ...(status.state === 'paused' ? ['Paused'] : []),
    ...(status.message ? [status.message] : []),
  ];
  const text = new vscode.MarkdownString();
  rows.forEach((row) => text.appendText(row).appendMarkdown('\n\n'));
  return text;
}

/** Two significant digits below a cent, else cents; never an exponent. */
export function dollars(usd: number): string {
  if (usd > 0 && usd < 0.000001) return '< $0.000001';
  return usd > 0 && usd < 0.01 ? `$${Number(usd.toPrecision(2))}` : `$${usd.toFixed(2)}`;
}
