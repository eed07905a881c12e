/** What people are told of; docs/notifications.md has a sentence for each. */
export const NOTIFICATION_KINDS = [
  /** The process itself. */
  'service',
  /** Started, stopped, halted. */
  'trading',
  /** Opened, added to. */
  'position',
  /** Closed, with what it earned. */
  'trade',
  'breaker',
  'data',
  'model',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];
