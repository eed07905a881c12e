/**
 * A table of any length of which only the visible rows are made. It is a real table all the same: empty rows hold the room
 * above and below, and each row says which one it is of how many.
 */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** As in parts.css. */
const ROW_PX = 36;
const SPARE_ROWS = 8;

export interface Column<Key extends string> {
  readonly key: Key;
  readonly title: string;
  readonly width: string;
  readonly isNumber?: boolean;
  readonly isSortable?: boolean;
  /** Left out on a phone. */
  readonly isMinor?: boolean;
}

export interface Sort<Key extends string> {
  readonly key: Key;
  readonly isDescending: boolean;
}

export function VirtualTable<Key extends string>({
  label,
  columns,
  ids,
  row,
  sort,
  onSort,
}: {
  label: string;
  columns: readonly Column<Key>[];
  /** One a row, in order. */
  ids: readonly string[];
  /** The cells of a row: `<td>`s in the order of the columns. */
  row: (id: string) => ComponentChildren;
  sort: Sort<Key>;
  onSort: (key: Key) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  const first = Math.max(0, Math.min(Math.floor(view.top / ROW_PX), ids.length - 1) - SPARE_ROWS);
  const last = Math.min(ids.length, Math.ceil((view.top + view.height) / ROW_PX) + SPARE_ROWS);
  return (
    <div class="virtual" ref={box} tabIndex={0} role="region" aria-label={label}>
      <table aria-rowcount={ids.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Room rows={first} />
          {ids.slice(first, last).map((id, i) => (
            <tr key={id} aria-rowindex={first + i + 2}>
              {row(id)}
            </tr>
          ))}
          <Room rows={ids.length - last} />
        </tbody>
      </table>
    </div>
  );
}

function Room({ rows }: { rows: number }) {
  return rows <= 0 ? null : <tr class="room" aria-hidden="true" style={{ height: `${rows * ROW_PX}px` }} />;
}

function Head<Key extends string>({
  column: { key, title, width, isNumber, isSortable, isMinor },
  sort,
  onSort,
}: {
  column: Column<Key>;
  sort: Sort<Key>;
  onSort: (key: Key) => void;
}) {
  const isSorted = sort.key === key;
  const direction = sort.isDescending ? 'descending' : 'ascending';
  return (
    <th
      scope="col"
      class={`${isNumber === true ? 'num' : ''} ${isMinor === true ? 'minor' : ''}`}
      style={{ width }}
      aria-sort={isSorted ? direction : undefined}
    >
      {isSortable === false ? (
        title
      ) : (
        <button type="button" class="quiet" onClick={() => onSort(key)}>
          {title}
          <span aria-hidden="true">{isSorted ? (sort.isDescending ? ' ▼' : ' ▲') : ''}</span>
        </button>
      )}
    </th>
  );
}
