import type { ComponentChildren } from 'preact';

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'plain';

/** A word on a coloured ground; the colour repeats what the word says. */
export function Badge({
  tone = 'plain',
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge ${tone}`} title={title}>
      {children}
    </span>
  );
}

/** A direction by shape, colour and word. */
export function Direction({ of }: { of: 'bullish' | 'bearish' | 'long' | 'short' | null | undefined }) {
  if (of === undefined || of === null) return <span class="dim">none</span>;
  const isUp = of === 'bullish' || of === 'long';
  return (
    <span class={isUp ? 'up' : 'down'}>
      <span aria-hidden="true">{isUp ? '▲' : '▼'}</span> {of}
    </span>
  );
}
