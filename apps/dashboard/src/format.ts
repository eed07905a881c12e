/** Numbers, spans and instants as people read them. Times are shown in one zone and named in both. */

export type Zone = 'local' | 'utc';

const NOTHING = '–';

/** A number to show; the API sends null for what is not known. */
const isNumber = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** Money: two digits, thousands apart. */
export function money(value: number | null | undefined, unit = 'USDT'): string {
  if (!isNumber(value)) return NOTHING;
  const digits = value
    .toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    .replace('-', '−');
  return unit === '' ? digits : `${digits} ${unit}`;
}

/** A price: as many digits as its size needs, never an exponent. */
export function price(value: number | null | undefined): string {
  if (!isNumber(value)) return NOTHING;
  return value.toLocaleString('en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: priceDigits(value),
  });
}

/** Behind the point, for five that count; from 2 to 10. */
export function priceDigits(value: number): number {
  const size = Math.abs(value);
  return size === 0 ? 2 : Math.min(10, Math.max(2, 4 - Math.floor(Math.log10(size))));
}

/** A share of one as a percentage; `signed` shows the plus as well. */
export function percent(share: number | null | undefined, digits = 1, signed = false): string {
  if (!isNumber(share)) return NOTHING;
  const text = (100 * share).toFixed(digits);
  return `${signed && share > 0 ? '+' : ''}${text.replace('-', '−')} %`;
}

/** In units of risk. */
export function inR(value: number | null | undefined): string {
  if (!isNumber(value)) return NOTHING;
  return `${value > 0 ? '+' : ''}${value.toFixed(2).replace('-', '−')} R`;
}

export function count(value: number | null | undefined): string {
  return isNumber(value) ? value.toLocaleString('en-US') : NOTHING;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** The two largest units: `1 min 20 s`; below a second `420 ms`. */
export function span(ms: number | null | undefined): string {
  if (!isNumber(ms)) return NOTHING;
  if (Math.abs(ms) < 1_000) return `${Math.round(ms)} ms`;
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [size, unit] of UNITS) {
    const whole = Math.floor(rest / size);
    if (whole === 0 && parts.length === 0) continue;
    if (whole > 0) parts.push(`${whole} ${unit}`);
    rest -= whole * size;
    if (parts.length === 2 || (parts.length === 1 && whole === 0)) break;
  }
  return `${ms < 0 ? '−' : ''}${parts.join(' ')}`;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** `minute`: of what happens on whole minutes only. */
export type InstantPart = 'minute' | 'time' | 'full';

/** `23 Nov 2026, 07:44:10`, without the zone. */
export function instant(at: number, zone: Zone, part: InstantPart = 'full'): string {
  const key = `${zone} ${part}`;
  let format = FORMATS.get(key);
  if (format === undefined) {
    const date = part === 'full' ? ({ day: '2-digit', month: 'short', year: 'numeric' } as const) : {};
    const second = part === 'minute' ? {} : ({ second: '2-digit' } as const);
    const time = { hour: '2-digit', minute: '2-digit', ...second, hourCycle: 'h23' } as const;
    const where = zone === 'utc' ? { timeZone: 'UTC' } : {};
    FORMATS.set(key, (format = new Intl.DateTimeFormat('en-GB', { ...date, ...time, ...where })));
  }
  return format.format(at);
}

/** The user's zone as people call it: `CET`, `GMT+8`. */
export function zoneName(zone: Zone, at: number): string {
  if (zone === 'utc') return 'UTC';
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'local';
}

/** Both, for where there is room to be clear: a tooltip, a label for screen readers. */
export function instantInBoth(at: number): string {
  const local = `${instant(at, 'local')} ${zoneName('local', at)}`;
  return zoneName('local', at) === 'UTC' ? local : `${local} = ${instant(at, 'utc')} UTC`;
}
