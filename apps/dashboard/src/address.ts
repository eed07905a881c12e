/** Addresses of pages: the part behind `#`, such as `#/chart/BTCUSDT?interval=5m`, made and read. */

export interface Location {
  /** Decoded: `['chart', 'BTCUSDT']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
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
