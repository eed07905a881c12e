/** What tests make shorter. */
export interface NotificationSettings {
  /** What happens together is told together. */
  readonly gatherMs: number;
  readonly timeoutMs: number;
  /** With the default back-off about an hour and a half. */
  readonly attempts: number;
  readonly firstBackoffMs: number;
  /** Notifications in memory, per channel. */
  readonly capacity: number;
  /** Messages in the queue, per channel; more wait in memory and become fewer, longer ones. */
  readonly queued: number;
  /** What is older is not told any more. */
  readonly maxAgeMs: number;
  readonly lockMs: number;
  /** In place of the channel's own. */
  readonly gapMs?: number;
}

export const DEFAULT_NOTIFICATION_SETTINGS: NotificationSettings = {
  gatherMs: 300,
  timeoutMs: 10_000,
  attempts: 24,
  firstBackoffMs: 1_000,
  capacity: 500,
  queued: 50,
  maxAgeMs: 24 * 3600_000,
  lockMs: 15_000,
};

export const NOTIFICATION_SETTINGS = Symbol('NOTIFICATION_SETTINGS');
