/** Keys without modifiers, outside of fields and dialogs: `g` and a letter goes to a page, `/` searches, `?` helps. */
import { navigate } from '../router';
import { ROUTES } from '../routes';
import { shortcuts } from '../store/preferences';
import { openHelp } from './help';

const SEQUENCE_MS = 1_500;

/** @returns what ends it */
export function startShortcuts(): () => void {
  let leaderAt = -Infinity;
  const onKey = (event: KeyboardEvent): void => {
    if (!shortcuts.value || event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event)) return;
    const isSecond = event.timeStamp - leaderAt < SEQUENCE_MS;
    leaderAt = -Infinity;
    if (isSecond) {
      const route = ROUTES.find(({ key }) => key === event.key);
      if (route !== undefined) navigate(`/${route.name}`);
    } else if (event.key === 'g') {
      leaderAt = event.timeStamp;
    } else if (event.key === '?') {
      openHelp();
    } else if (event.key === '/') {
      const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
      if (field === null) return;
      event.preventDefault();
      field.focus();
      field.select();
    }
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** Keys that are meant for something else. */
function isElsewhere({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest(
      'input:not([type=range], [type=checkbox]), select, textarea, dialog, [contenteditable]',
    ) !== null
  );
}
