/** What can be done about an edit, in the lines above it: as long as it is under review. */
import * as vscode from 'vscode';
import type { EditUnderReview, ReviewHunk } from './messages';

export function lenses(review: EditUnderReview, lineCount: number): vscode.CodeLens[] {
  const hunks = review.hunks ?? [];
  const [first] = hunks;
  const at = (line: number, title: string, command: string, ...given: unknown[]): vscode.CodeLens => {
    const number = Math.max(0, Math.min(line, lineCount - 1));
    return new vscode.CodeLens(new vscode.Range(number, 0, number, 0), { title, command, arguments: [review.job, ...given] });
  };
  if (!first) return [];
  // Above the line before, so that what concerns all of it is not in one row with what concerns its first change.
  const top = Math.max(0, first.first - 1);
  if (review.state === 'writing') {
    return [at(top, `$(loading~spin) ${vscode.l10n.t('{0} is being written', review.title ?? '')}`, 'coderoute.nextChange'), at(top, vscode.l10n.t('Cancel'), 'coderoute.cancelEdit')];
  }
  const whole = [
    at(top, `$(sparkle) ${review.title}: ${summary(review)}`, 'coderoute.nextChange'),
    ...(review.choices ?? []).map(({ choice, title }) => at(top, choice === 'retry' ? title : named(choice, review), commands[choice])),
    at(top, vscode.l10n.t('Open as Diff'), 'coderoute.diffEdit'),
  ];
  if (review.total === 1 && !first.changed) return whole;
  return [...whole, ...hunks.flatMap((hunk) => single(hunk))];

  function single(hunk: ReviewHunk): vscode.CodeLens[] {
    const number = vscode.l10n.t('Change {0} of {1}', hunk.hunk + 1, review.total ?? 0);
    return [
      at(hunk.first, hunk.changed ? vscode.l10n.t('{0}, changed since by you', number) : number, 'coderoute.nextChange'),
      at(hunk.first, vscode.l10n.t('Keep'), 'coderoute.keepChange', hunk.hunk),
      at(hunk.first, vscode.l10n.t('Reject'), 'coderoute.rejectChange', hunk.hunk),
    ];
  }
}

const commands = { keep: 'coderoute.keepEdit', undo: 'coderoute.undoEdit', retry: 'coderoute.retryEdit', show: 'coderoute.showEditAnswer' };

function named(choice: 'keep' | 'undo' | 'show', review: EditUnderReview): string {
  if (choice === 'show') return vscode.l10n.t('Show Answer');
  if (choice === 'keep') return isWhole(review) ? vscode.l10n.t('Keep All') : vscode.l10n.t('Keep the Rest');
  return isWhole(review) ? vscode.l10n.t('Undo All') : vscode.l10n.t('Undo the Rest');
}

const isWhole = ({ kept, rejected }: EditUnderReview): boolean => !kept && !rejected;

function summary(review: EditUnderReview): string {
  const { total = 0, kept = 0, rejected = 0 } = review;
  if (isWhole(review)) return total === 1 ? vscode.l10n.t('1 change') : vscode.l10n.t('{0} changes', total);
  return vscode.l10n.t('{0} of {1} changes left, {2} kept, {3} rejected', total - kept - rejected, total, kept, rejected);
}
