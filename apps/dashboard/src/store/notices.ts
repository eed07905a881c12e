/** Short messages about what a person did, read out by screen readers. */
import { signal } from '@preact/signals';

export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly text: string;
}

const SHOWN_MS = 8_000;
let next = 1;

export const notices = signal<readonly Notice[]>([]);

/** An error stays until it is dismissed. */
export function notify(text: string, tone: Notice['tone'] = 'info'): void {
  const notice = { id: next++, tone, text };
  notices.value = [...notices.value, notice];
  if (tone === 'info') setTimeout(() => dismiss(notice.id), SHOWN_MS);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
