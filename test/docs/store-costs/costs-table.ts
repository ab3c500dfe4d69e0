import { readFileSync, writeFileSync } from 'node:fs';

import { format, resolveConfig } from 'prettier';

import type { Costs } from './measure.js';

const DOCUMENT = 'docs/stores.md';
const TABLE = /(?<=<!-- costs -->)[^]*(?=<!-- \/costs -->)/;
/** A store's name, and the six cells with a figure each. Whatever else a row says is the document's own. */
const ROW = /^\| (?<name>`[^|]*?) +(?<cells>(?:\|[^|\n]*){6})/gm;
const FIGURE = /(?<=\| )\d[\d,.]*/g;

/** The stores that the table has a row for. */
export function documentedStores(): string[] {
  return rows().map(({ store }) => store);
}

/** What the table says of a store; NaN where it has no figure. */
export function documentedCosts(name: string): Costs {
  const row = rows().find(({ store }) => store === name);
  const figures = (row?.cells.match(FIGURE) ?? []).map((text) => Number(text.replaceAll(',', '')));
  const [page = NaN, guestPage = NaN, change = NaN, login = NaN, logout = NaN, bytes = NaN] =
    figures;
  return { waits: { page, guestPage, change, login, logout }, bytes };
}

/** Puts what was measured into the row of a store; what was not measured stays as it is. */
export async function documentCosts(name: string, { waits, bytes }: Costs): Promise<void> {
  const { page, guestPage, change, login, logout } = waits;
  const measured = [page, guestPage, change, login, logout, bytes];
  const text = readFileSync(DOCUMENT, 'utf8').replace(TABLE, (table) =>
    table.replaceAll(ROW, (row: string, store: string) => {
      if (plain(store) !== name) return row;
      const left = measured.map(shown);
      return row.replaceAll(FIGURE, (figure) => left.shift() ?? figure);
    }),
  );
  const options = await resolveConfig(DOCUMENT);
  writeFileSync(DOCUMENT, await format(text, { ...options, filepath: DOCUMENT }));
}

function rows(): { store: string; cells: string }[] {
  const [table = ''] = TABLE.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  return [...table.matchAll(ROW)].map(([, name = '', cells = '']) => ({
    store: plain(name),
    cells,
  }));
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}

/** With two significant digits; null stays null. */
function shown(figure: number | null): string | null {
  return figure?.toLocaleString('en', { maximumSignificantDigits: 2 }) ?? null;
}
