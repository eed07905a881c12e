/** Which page is shown, as the address says. */
import { signal } from '@preact/signals';
import { href, type Location, parseHash } from './address';

export { href, type Location } from './address';

export const location = signal<Location>(parseHash(window.location.hash));

export function startRouter(): void {
  window.addEventListener('hashchange', () => {
    location.value = parseHash(window.location.hash);
  });
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
