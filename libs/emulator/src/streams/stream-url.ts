/** The address of a stream connection: route, mode, and the streams named in it. */
import { ROUTES, type Route } from './stream-name';

export interface StreamAddress {
  readonly route: Route;
  /** Without query. */
  readonly path: string;
  /** Wrapped frames: `{"stream":…,"data":…}`. */
  readonly isCombined: boolean;
  readonly streams: readonly string[];
}

/**
 * @param url as in the request line
 * @returns undefined for a path that is not there; the unrouted `/ws` and `/stream` are gone since April 2026
 */
export function parseStreamUrl(url: string): StreamAddress | undefined {
  const [path = '', query = ''] = url.split('?', 2);
  const [, route, mode, ...rest] = path.split('/');
  if (!isRoute(route) || (mode !== 'ws' && mode !== 'stream')) return undefined;
  try {
    const named = mode === 'ws' ? rest : (new URLSearchParams(query).get('streams') ?? '').split('/');
    const streams = named.map((name) => (mode === 'ws' ? decodeURIComponent(name) : name));
    return { route, path, isCombined: mode === 'stream', streams: streams.filter((name) => name !== '') };
  } catch {
    return undefined;
  }
}

function isRoute(text: string | undefined): text is Route {
  return (ROUTES as readonly (string | undefined)[]).includes(text);
}
