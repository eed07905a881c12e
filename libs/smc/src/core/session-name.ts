/** The trading sessions, in the order in which their events come out within one candle. */

export const SESSION_NAMES = [
  'sydney',
  'tokyo',
  'london',
  'new-york',
  'asian-kill-zone',
  'london-kill-zone',
  'new-york-kill-zone',
] as const;

export type SessionName = (typeof SESSION_NAMES)[number];
