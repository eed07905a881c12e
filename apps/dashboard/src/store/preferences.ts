/** How this person likes the page, kept by the browser. Nothing secret is among it. */
import { effect, signal } from '@preact/signals';
import type { Zone } from '../format';

export type Theme = 'system' | 'dark' | 'light';
export type { Zone };

const KEY = 'slt.preferences';

interface Preferences {
  theme: Theme;
  zone: Zone;
  shortcuts: boolean;
}

const stored = read();

export const theme = signal<Theme>(stored.theme);
export const zone = signal<Zone>(stored.zone);
/** Whether single keys do something; some input devices type where nobody meant to. */
export const shortcuts = signal(stored.shortcuts);

/** Applies the theme and keeps every change. */
export function startPreferences(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
  });
  effect(() => {
    const preferences: Preferences = { theme: theme.value, zone: zone.value, shortcuts: shortcuts.value };
    try {
      localStorage.setItem(KEY, JSON.stringify(preferences));
    } catch {
      // A browser that keeps nothing: the preferences last as long as the page.
    }
  });
}

function read(): Preferences {
  const known = found();
  return {
    theme: known['theme'] === 'dark' || known['theme'] === 'light' ? known['theme'] : 'system',
    zone: known['zone'] === 'utc' ? 'utc' : 'local',
    shortcuts: known['shortcuts'] !== false,
  };
}

function found(): Record<string, unknown> {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
