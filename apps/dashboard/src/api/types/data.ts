/** The cache and its health, as `GET /v1/history`, `/v1/integrity` and `/v1/integrity/quarantine` tell it. */

export interface HistoryFile {
  readonly symbol: string;
  readonly interval: string;
  readonly file: string;
  readonly rows: number;
  readonly from?: number;
  readonly to?: number;
  readonly writtenAt?: number;
  readonly missing: number;
  readonly knownHoles: number;
  readonly behindMs?: number;
  readonly problem?: string;
}

export interface QueueHealth {
  readonly up: boolean;
  readonly detail: string;
  readonly counts: Readonly<Record<string, number>>;
}

export interface Refresh {
  readonly running: boolean;
  readonly interval: string;
  readonly limit: number;
  readonly total: number;
  readonly done: number;
  readonly whole: number;
  readonly requests: number;
  readonly weight: number;
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly failures: readonly { readonly symbol: string; readonly code: string; readonly message: string }[];
}

export interface History {
  readonly total: number;
  readonly whole: number;
  readonly refresh?: Refresh;
  readonly queue: QueueHealth;
  readonly files: readonly HistoryFile[];
}

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

export interface FileReport {
  readonly file: string;
  readonly symbol?: string;
  readonly interval?: string;
  readonly valid: boolean;
  readonly rows?: number;
  readonly findings: readonly Finding[];
}

export interface Integrity {
  readonly checkedAt: number;
  readonly folder: string;
  readonly valid: number;
  readonly total: number;
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly files: readonly FileReport[];
}

export interface FileRepair {
  readonly file: string;
  readonly outcome: string;
  readonly code: string;
  readonly quarantinedTo?: string;
  readonly fetched: number;
  readonly missing: number;
  readonly problem?: string;
}

export interface Repair {
  readonly files: readonly FileRepair[];
  readonly failed: number;
  readonly summary: string;
  readonly after: Integrity;
}

export interface QuarantinedFile {
  readonly file: string;
  readonly original: string;
  readonly code: string;
  readonly message: string;
  /** Wall clock. */
  readonly quarantinedAt: number;
  readonly bytes: number;
}

export interface Session {
  /** Whether changes need signing in here: API_TOKEN is set. */
  readonly required: boolean;
  readonly signedIn: boolean;
  /** To be sent with every change, where signed in. */
  readonly csrfToken: string | null;
}
