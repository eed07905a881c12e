/** Whether the cache is whole, what was moved aside, how old each file is, and what the queues do. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { History, Integrity, QuarantinedFile, QueueHealth, Repair } from '../../api/types';
import { count } from '../../format';
import type { PageProps } from '../../routes';
import { askToSignIn, change, needsSignIn } from '../../store/session';
import { type Resource, useResource } from '../../store/resource';
import { Action } from '../../ui/action';
import { Badge } from '../../ui/badge';
import { Panel } from '../../ui/panel';
import { Empty, Loaded } from '../../ui/states';
import { Time } from '../../ui/time';
import { CacheFiles } from './cache-files';
import { Refreshing } from './refreshing';
import './data.css';

/** The inventory looks at every file. */
const SELDOM_MS = 30_000;
const WHILE_REFRESHING_MS = 3_000;

const loadHistory = (signal: AbortSignal) => get<History>('/v1/history', { signal });
const loadIntegrity = (signal: AbortSignal) => get<Integrity>('/v1/integrity', { signal });
const loadQuarantine = (signal: AbortSignal) => get<QuarantinedFile[]>('/v1/integrity/quarantine', { signal });

export function Page({ query }: PageProps) {
  const [isRefreshing, setRefreshing] = useState(false);
  const history = useResource(loadHistory, { everyMs: isRefreshing ? WHILE_REFRESHING_MS : SELDOM_MS });
  const isRunning = history.value?.refresh?.running === true;
  useEffect(() => setRefreshing(isRunning), [isRunning]);
  const integrity = useResource(loadIntegrity, { everyMs: SELDOM_MS });
  const quarantine = useResource(loadQuarantine, { everyMs: SELDOM_MS });
  const reloadAll = useCallback(() => {
    for (const each of [history, integrity, quarantine]) each.reload();
  }, [history.reload, integrity.reload, quarantine.reload]);
  return (
    <>
      <IntegrityPanel integrity={integrity} onRepaired={reloadAll} />
      <div class="columns">
        <Panel title="Quarantine">
          <Loaded of={quarantine}>{(files) => <Quarantine files={files} />}</Loaded>
        </Panel>
        <Panel title="Queues" actions={<BoardLink />}>
          <Loaded of={history}>{({ queue }) => <Queue queue={queue} />}</Loaded>
        </Panel>
      </div>
      <Panel title="Cache" actions={<Refreshing history={history} />}>
        <Loaded of={history}>{({ files }) => <CacheFiles files={files} query={query} />}</Loaded>
      </Panel>
    </>
  );
}

function IntegrityPanel({ integrity, onRepaired }: { integrity: Resource<Integrity>; onRepaired: () => void }) {
  const check = useCallback(async () => {
    const { summary } = await get<Integrity>('/v1/integrity?fresh=true');
    onRepaired();
    return `Checked: ${summary}.`;
  }, [onRepaired]);
  const repair = useCallback(async () => {
    const { summary } = await change<Repair>('/v1/integrity/repair', { body: {} });
    onRepaired();
    return `Repair: ${summary}.`;
  }, [onRepaired]);
  return (
    <Panel
      title="Integrity"
      actions={
        <>
          <Action run={check}>Check now</Action>
          <Action
            run={repair}
            ask={{
              title: 'Repair the cache?',
              text: 'Broken files are moved into quarantine, never deleted, and only what is missing is fetched again, within the weight budget. Live series go on meanwhile.',
              action: 'Repair',
            }}
          >
            Repair …
          </Action>
        </>
      }
    >
      <Loaded of={integrity}>{(report) => <Report report={report} />}</Loaded>
    </Panel>
  );
}

/** More than a person reads; `slt integrity` prints all. */
const MAX_FINDINGS = 200;

function Report({ report }: { report: Integrity }) {
  const findings = [
    ...report.findings.map((finding) => ({ file: '', ...finding })),
    ...report.files.flatMap(({ file, findings: ofFile }) => ofFile.map((finding) => ({ file, ...finding }))),
  ];
  return (
    <>
      <p>
        <Badge tone={report.valid === report.total ? 'good' : 'bad'}>{report.summary}</Badge>{' '}
        <span class="dim">
          checked <Time at={report.checkedAt} />
        </span>
      </p>
      {findings.length === 0 ? (
        <Empty>No findings.</Empty>
      ) : (
        <div class="scroll tall" tabIndex={0} role="region" aria-label="Findings">
          <table>
            <thead>
              <tr>
                <th>Severity</th>
                <th>File</th>
                <th>Finding</th>
                <th>What</th>
              </tr>
            </thead>
            <tbody>
              {findings.slice(0, MAX_FINDINGS).map(({ file, severity, code, message }, i) => (
                <tr key={i}>
                  <td>
                    <Badge tone={severity === 'error' ? 'bad' : 'warn'}>{severity}</Badge>
                  </td>
                  <td>{file}</td>
                  <td>
                    <code>{code}</code>
                  </td>
                  <td>{message}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {findings.length > MAX_FINDINGS && <p class="note">{findings.length - MAX_FINDINGS} more.</p>}
        </div>
      )}
    </>
  );
}

function Quarantine({ files }: { files: readonly QuarantinedFile[] }) {
  if (files.length === 0) return <Empty>Nothing was ever moved aside.</Empty>;
  return (
    <div class="scroll tall" tabIndex={0} role="region" aria-label="Files in quarantine">
      <table>
        <thead>
          <tr>
            <th>File</th>
            <th>Why</th>
            <th>When</th>
            <th class="num">Bytes</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ file, original, code, message, quarantinedAt, bytes }) => (
            <tr key={file}>
              <td title={file}>{original}</td>
              <td>
                {message} <code class="dim">{code}</code>
              </td>
              <td>{quarantinedAt === 0 ? '–' : <Time at={quarantinedAt} />}</td>
              <td class="num">{count(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Queue({ queue }: { queue: QueueHealth }) {
  return (
    <>
      <p>
        <Badge tone={queue.up ? 'good' : 'bad'}>{queue.up ? 'up' : 'down'}</Badge>{' '}
        <span class="dim">{queue.detail}</span>
      </p>
      <table>
        <thead>
          <tr>
            <th>Jobs of the history</th>
            <th class="num">How many</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(queue.counts).map(([name, jobs]) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="num">{count(jobs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Looking at jobs needs the token, unlike other looking. */
function BoardLink() {
  const open = async (): Promise<void> => {
    if (await askToSignIn()) window.location.assign('/queues/');
  };
  return (
    <a
      href="/queues/"
      onClick={(event) => {
        if (!needsSignIn.value) return;
        event.preventDefault();
        void open();
      }}
    >
      All jobs (Bull Board)
    </a>
  );
}
