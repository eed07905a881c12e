import { useState } from 'preact/hooks';
import { type Layer, LAYERS } from './drawn';

/** More would hide the candles at first sight. */
const AT_FIRST: readonly Layer[] = ['swings', 'structure', 'blocks', 'gaps', 'liquidity', 'trades'];

export function useLayers(): [ReadonlySet<Layer>, (layer: Layer) => void] {
  const [layers, setLayers] = useState<ReadonlySet<Layer>>(() => new Set(AT_FIRST));
  const toggle = (layer: Layer): void =>
    setLayers((known) => {
      const next = new Set(known);
      if (!next.delete(layer)) next.add(layer);
      return next;
    });
  return [layers, toggle];
}

export function LayerSwitches({
  layers,
  onToggle,
}: {
  layers: ReadonlySet<Layer>;
  onToggle: (layer: Layer) => void;
}) {
  return (
    <fieldset class="layers">
      <legend class="visually-hidden">Layers</legend>
      {LAYERS.map(({ name, title }) => (
        <label key={name} class="check">
          <input type="checkbox" checked={layers.has(name)} onChange={() => onToggle(name)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
