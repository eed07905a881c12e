/** What the canvas shows, for those who cannot see it, and in words for everybody. */
import { LAYERS, type Drawn } from './drawn';
import { Badge } from '../../ui/badge';
import { Fact, Facts } from '../../ui/panel';
import { Empty } from '../../ui/states';
import { Time } from '../../ui/time';

const TITLES = new Map<string, string>(LAYERS.map(({ name, title }) => [name, title]));

/** Newest first. @param props.until open time of the last candle that counts */
export function DrawnList({
  scene,
  until,
  selected,
  onSelect,
}: {
  scene: readonly Drawn[];
  until: number;
  selected: string | undefined;
  onSelect: (id: string) => void;
}) {
  if (scene.length === 0) return <Empty>Nothing is drawn.</Empty>;
  const ordered = [...scene].sort((a, b) => b.knownAt - a.knownAt);
  return (
    <div class="scroll drawn" tabIndex={0} role="region" aria-label="Drawn objects" data-until={until}>
      <ul>
        {ordered.map(({ id, layer, what, state, knownAt, shape }) => (
          <li
            key={id}
            data-id={id}
            data-layer={layer}
            data-state={state}
            data-known-at={knownAt}
            data-shape={shape.kind}
          >
            <button type="button" class="quiet" aria-pressed={id === selected} onClick={() => onSelect(id)}>
              {what}
            </button>{' '}
            <Badge>{state}</Badge>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Explanation({ of: drawn }: { of: Drawn | undefined }) {
  return (
    <div aria-live="polite">
      {drawn === undefined ? (
        <Empty>Click something on the chart, or choose it from the list.</Empty>
      ) : (
        <>
          <p>
            <strong>{drawn.what}</strong>
          </p>
          <Facts>
            <Fact name="Layer">{TITLES.get(drawn.layer)}</Fact>
            <Fact name="State">{drawn.state}</Fact>
            <Fact name="About the candle of">
              <Time at={drawn.at} />
            </Fact>
            <Fact name="Known since the close of">
              <Time at={drawn.knownAt} />
            </Fact>
          </Facts>
          <p>{drawn.why}</p>
        </>
      )}
    </div>
  );
}
