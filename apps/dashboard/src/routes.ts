/** The pages, in the order of the navigation. A page is a module that exports `Page`; it is loaded when it is first shown. */
import type { ComponentType } from 'preact';

export interface PageProps {
  /** What follows the page's own name in the address, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export interface Route {
  /** First part of the address. */
  readonly name: string;
  readonly title: string;
  /** Pressed after `g`. */
  readonly key: string;
  readonly load: () => Promise<{ readonly Page: ComponentType<PageProps> }>;
}

export const ROUTES: readonly Route[] = [
  { name: 'warm-up', title: 'Warm-up', key: 'w', load: () => import('./pages/warm-up/warm-up') },
  { name: 'market', title: 'Market', key: 'm', load: () => import('./pages/market/market') },
  { name: 'chart', title: 'Chart', key: 'c', load: () => import('./pages/chart/chart') },
  { name: 'trading', title: 'Trading', key: 't', load: () => import('./pages/trading/trading') },
  { name: 'learning', title: 'Learning', key: 'l', load: () => import('./pages/learning/learning') },
  { name: 'data', title: 'Data', key: 'd', load: () => import('./pages/data/data') },
];

export const FIRST_ROUTE = ROUTES[0]!;
