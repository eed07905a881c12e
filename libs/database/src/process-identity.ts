/**
 * Which process holds something, in a form that another process can check after a crash. A pid alone is reused and
 * means nothing in another container, so the kernel's boot, the pid namespace and the start time go with it.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  /** Kernel and pid namespace; pids of different places cannot be compared. */
  readonly place: string;
  readonly pid: number;
  /** When the process started, in the kernel's ticks; empty where the system does not tell. */
  readonly startedAt: string;
}

let ownPlace: string | undefined;
let ownStart: string | undefined;

export function ownIdentity(): ProcessIdentity {
  ownPlace ??= readPlace();
  ownStart ??= readStat(process.pid)?.startedAt ?? '';
  return { place: ownPlace, pid: process.pid, startedAt: ownStart };
}

/** Whether the process still runs; undefined when it lives where this process cannot look. */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.place !== ownIdentity().place) return undefined;
  if (!pidExists(identity.pid)) return false;
  const stat = readStat(identity.pid);
  if (stat === undefined) return pidExists(identity.pid);
  if (stat.state === 'Z' || stat.state === 'X') return false;
  return identity.startedAt === '' || identity.startedAt === stat.startedAt;
}

export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the pid is there and not merely waiting to be reaped by its parent. */
export function pidRuns(pid: number): boolean {
  return pidExists(pid) && !['Z', 'X'].includes(readStat(pid)?.state ?? '?');
}

function readPlace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}.${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return hostname().replace(/[^\w.-]/g, '-');
  }
}

function readStat(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
