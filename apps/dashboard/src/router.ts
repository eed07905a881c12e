/** Which page is shown: the part of the address behind `#`, such as `#/chart/BTCUSDT?interval=5m`. */
import { signal } from '@preact/signals';

export interface Location {
  /** Decoded: `['chart', 'BTCUSDT']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export const location = signal<Location>(parseHash(window.location.hash));

export function startRouter(): void {
  window.addEventListener('hashchange', () => {
    location.value = parseHash(window.location.hash);
  });
}

/** For links: `href('chart', symbol)`. Empty values of the query are left out. */
export function href(...parts: readonly (string | Readonly<Record<string, string>>)[]): string {
  const path = parts.filter((part) => typeof part === 'string').map(encodeURIComponent);
  const query = new URLSearchParams();
  for (const part of parts) {
    if (typeof part === 'string') continue;
    for (const [name, value] of Object.entries(part)) if (value !== '') query.set(name, value);
  }
  return `#/${path.join('/')}${query.size > 0 ? `?${query}` : ''}`;
}

export function navigate(to: string): void {
  window.location.hash = to;
}

/** Changes the query of the page without a new entry in the history. */
export function replaceQuery(changes: Readonly<Record<string, string>>): void {
  const { path, query } = location.peek();
  const to = href(...path, { ...Object.fromEntries(query), ...changes });
  history.replaceState(null, '', to);
  location.value = parseHash(to);
}

export function parseHash(hash: string): Location {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return {
    path: path
      .split('/')
      .filter((part) => part !== '')
      .map(decode),
    query: new URLSearchParams(query),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // not ours: shown as a page that is not there
  }
}
