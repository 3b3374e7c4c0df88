/** Decorations of edits under review: the theme's colours for what came and went, and a sign beside each line that needs no colour. */
import * as vscode from 'vscode';
import type { ReviewHunk } from './messages';
import type { DrawnHunk } from './reviewDrawing';

const theme = (id: string): vscode.ThemeColor => new vscode.ThemeColor(id);

/** Paths within a square of 16. */
const SIGNS = {
  plus: 'M8 4v8M4 8h8',
  minus: 'M4 8h8',
  wave: 'M3 9c2-4 3-4 5-1s3 3 5-1',
};

function sign(name: keyof typeof SIGNS, light: string, dark: string): vscode.DecorationRenderOptions {
  const picture = (colour: string): vscode.Uri => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="${SIGNS[name]}" fill="none" stroke="${colour}" stroke-width="1.6"/></svg>`;
    return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
  };
  return { gutterIconSize: 'contain', light: { gutterIconPath: picture(light) }, dark: { gutterIconPath: picture(dark) } };
}

/** Whole lines that came, in the theme's colour for that. */
function lines(mark: vscode.DecorationRenderOptions, ruler: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    ...mark,
    isWholeLine: true,
    backgroundColor: theme('diffEditor.insertedLineBackground'),
    overviewRulerColor: theme(ruler),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
}

export class Marks implements vscode.Disposable {
  private readonly came = lines(sign('plus', '#2a7a2a', '#73c991'), 'editorOverviewRuler.addedForeground');
  private readonly changed = lines(sign('wave', '#895503', '#e2c08d'), 'editorOverviewRuler.modifiedForeground');
  private readonly cut = vscode.window.createTextEditorDecorationType({
    ...sign('minus', '#ad0707', '#c74e39'),
    overviewRulerColor: theme('editorOverviewRuler.deletedForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
  private readonly gone = vscode.window.createTextEditorDecorationType({});

  draw(editor: vscode.TextEditor, hunks: readonly { hunk: ReviewHunk; drawn: DrawnHunk }[]): void {
    const { document } = editor;
    const came = (changed: boolean): vscode.DecorationOptions[] =>
      hunks.flatMap(({ hunk, drawn }) => {
        if (!drawn.came || (hunk.changed === true) !== changed) return [];
        const range = new vscode.Range(drawn.came.first, 0, drawn.came.last, document.lineAt(drawn.came.last).text.length);
        return [{ range, ...hover(hunk, document.languageId) }];
      });
    editor.setDecorations(this.came, came(false));
    editor.setDecorations(this.changed, came(true));
    editor.setDecorations(
      this.cut,
      hunks.flatMap(({ hunk, drawn }) =>
        drawn.cut === undefined ? [] : [{ range: document.lineAt(drawn.cut).range, ...hover(hunk, document.languageId) }],
      ),
    );
    editor.setDecorations(
      this.gone,
      hunks.flatMap(({ drawn }) => drawn.gone.map(({ line, text }) => wentHere(document.lineAt(line).range, text))),
    );
  }

  dispose(): void {
    [this.came, this.changed, this.cut, this.gone].forEach((type) => type.dispose());
  }
}

function hover({ old }: ReviewHunk, language: string): { hoverMessage?: vscode.MarkdownString } {
  if (!old) return {};
  const before = new vscode.MarkdownString(`${vscode.l10n.t('Before:')}\n`);
  return { hoverMessage: before.appendCodeblock(old.replace(/(\r\n|\r|\n)$/, ''), language) };
}

/** Behind a whole line: what is typed at its end comes before. */
function wentHere(line: vscode.Range, text: string): vscode.DecorationOptions {
  const after = {
    contentText: `− ${text}`.replaceAll(/[ \t]/g, '\u00a0'), // the page would fold blanks into one
    backgroundColor: theme('diffEditor.removedTextBackground'),
    color: theme('descriptionForeground'),
    textDecoration: 'line-through',
    margin: '0 0 0 2em',
  };
  return { range: line, renderOptions: { after } };
}
