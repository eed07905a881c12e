/** The address of a stream connection: route, mode, and the streams named in it. */
import { ROUTES, type Route } from './stream-name';

export interface StreamAddress {
  readonly route: Route;
  /** Without query. */
  readonly path: string;
  /** Wrapped frames: `{"stream":…,"data":…}`. */
  readonly isCombined: boolean;
  /** Of `/private`: listen keys. */
  readonly streams: readonly string[];
  /** Of `/private`: the only events that are wanted; undefined: all. */
  readonly events?: ReadonlySet<string>;
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
    const parameters = new URLSearchParams(query);
    const named = mode === 'ws' ? rest.map(decodeURIComponent) : listOf(parameters.get('streams'));
    const isPrivate = route === 'private';
    const streams = isPrivate ? [...named, parameters.get('listenKey') ?? ''] : named;
    const events = isPrivate ? listOf(parameters.get('events')) : [];
    return {
      route,
      path,
      isCombined: mode === 'stream',
      streams: [...new Set(streams.filter((name) => name !== ''))],
      ...(events.length === 0 ? {} : { events: new Set(events) }),
    };
  } catch {
    return undefined;
  }
}

function listOf(text: string | null): string[] {
  return (text ?? '').split('/').filter((name) => name !== '');
}

function isRoute(text: string | undefined): text is Route {
  return (ROUTES as readonly (string | undefined)[]).includes(text);
}
