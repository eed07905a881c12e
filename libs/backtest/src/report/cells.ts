/** Tables of a report, and how it writes numbers. */
import type { UtcMs } from '@slt/domain';
import { escapeText } from '../core/svg';

export function table(names: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p>None.</p>';
  const head = names.map((name) => `<th>${escapeText(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeText(cell)}</td>`).join('')}</tr>`);
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

export const when = (at: UtcMs): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
export const money = (value: number): string => value.toFixed(2);
export const share = (value: number | null): string =>
  value === null ? '–' : `${(100 * value).toFixed(1)} %`;
export const number = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
export const price = (text: string): string => String(Number(Number(text).toPrecision(8)));
