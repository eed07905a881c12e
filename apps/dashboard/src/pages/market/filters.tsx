import { replaceQuery } from '../../router';
import type { MarketFilter } from './market-row';

const SETUPS = ['sweep-reversal', 'block-retest', 'gap-continuation'];
const BIASES = [
  ['', 'any'],
  ['bullish', 'bullish'],
  ['bearish', 'bearish'],
  ['none', 'none yet'],
] as const;

/** The filters live in the address, so that a view can be kept and shared. */
export function Filters({ filter, shown, total }: { filter: MarketFilter; shown: number; total: number }) {
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <label>
        Search
        <input
          type="search"
          value={filter.search}
          placeholder="BTC"
          onInput={(event) => replaceQuery({ search: event.currentTarget.value })}
        />
      </label>
      <Choice name="swing" title="Swing bias" value={filter.swing} options={BIASES} />
      <Choice name="internal" title="Internal bias" value={filter.internal} options={BIASES} />
      <Choice
        name="setup"
        title="Set-up"
        value={filter.setup}
        options={[['', 'any or none'], ['any', 'any'], ...SETUPS.map((name) => [name, name] as const)]}
      />
      <Choice
        name="freshness"
        title="Freshness"
        value={filter.freshness}
        options={[
          ['', 'any'],
          ['fresh', 'live'],
          ['behind', 'behind'],
          ['none', 'no candles'],
        ]}
      />
      <output class="note num">
        {shown} of {total}
      </output>
    </form>
  );
}

function Choice({
  name,
  title,
  value,
  options,
}: {
  name: string;
  title: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
}) {
  return (
    <label>
      {title}
      <select value={value} onChange={(event) => replaceQuery({ [name]: event.currentTarget.value })}>
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
