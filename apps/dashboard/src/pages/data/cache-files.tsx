import { useMemo, useState } from 'preact/hooks';
import type { HistoryFile } from '../../api/types';
import { count, span } from '../../format';
import { replaceQuery } from '../../router';
import { Badge } from '../../ui/badge';
import { Empty } from '../../ui/states';
import { Time } from '../../ui/time';
import { type Column, type Sort, VirtualTable } from '../../ui/virtual-table';
import { compareFiles, type FileKey, matchesFile, problemOfFile } from './files';

const COLUMNS: readonly Column<FileKey>[] = [
  { key: 'symbol', title: 'Symbol', width: '11rem' },
  { key: 'interval', title: 'Interval', width: '5rem' },
  { key: 'rows', title: 'Candles', width: '6rem', isNumber: true },
  { key: 'age', title: 'Behind', width: '8rem', isNumber: true },
  { key: 'to', title: 'Newest candle', width: '16rem', isMinor: true },
  { key: 'written', title: 'Written', width: '16rem', isMinor: true },
  { key: 'state', title: 'State', width: '14rem' },
];

/** One line a file of the cache, the oldest data first. */
export function CacheFiles({ files, query }: { files: readonly HistoryFile[]; query: URLSearchParams }) {
  const [sort, setSort] = useState<Sort<FileKey>>({ key: 'age', isDescending: true });
  const search = query.get('search') ?? '';
  const shown = useMemo(
    () => files.filter((file) => matchesFile(file, search)).sort(compareFiles(sort.key, sort.isDescending)),
    [files, search, sort],
  );
  const byName = useMemo(() => new Map(files.map((file) => [file.file, file])), [files]);
  return (
    <>
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          Search
          <input
            type="search"
            value={search}
            onInput={(event) => replaceQuery({ search: event.currentTarget.value })}
          />
        </label>
        <output class="note num">
          {shown.length} of {files.length} files
        </output>
      </form>
      {shown.length === 0 ? (
        <Empty>{files.length === 0 ? 'The cache is empty.' : 'No file has this in its name.'}</Empty>
      ) : (
        <VirtualTable
          label="Files of the cache"
          columns={COLUMNS}
          ids={shown.map(({ file }) => file)}
          row={(id) => <Row key={id} file={byName.get(id)} />}
          sort={sort}
          onSort={(key) => setSort({ key, isDescending: sort.key === key ? !sort.isDescending : key !== 'symbol' })}
        />
      )}
    </>
  );
}

function Row({ file }: { file: HistoryFile | undefined }) {
  if (file === undefined) return null;
  const problem = problemOfFile(file);
  return (
    <>
      <td title={file.file}>{file.symbol}</td>
      <td>{file.interval}</td>
      <td class="num">{count(file.rows)}</td>
      <td class="num">{span(file.behindMs)}</td>
      <td class="minor">
        <Time at={file.to} />
      </td>
      <td class="minor">
        <Time at={file.writtenAt} />
      </td>
      <td title={problem ?? ''}>
        {problem === undefined ? <Badge tone="good">whole</Badge> : <Badge tone="bad">{problem}</Badge>}
      </td>
    </>
  );
}
