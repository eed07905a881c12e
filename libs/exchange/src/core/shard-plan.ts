/** How streams spread over connections. A stream stays where it is; new ones fill the gaps before a connection is added. */

export interface ShardPlan {
  /** For each existing connection, by its position, the streams it gets on top; may be empty. */
  readonly additions: readonly (readonly string[])[];
  /** Streams of connections that are still to be made, each within the bound, evenly filled. */
  readonly fresh: readonly (readonly string[])[];
}

/**
 * @param loads number of streams on each existing connection
 * @param names streams to place; each once, none placed yet
 * @param maxPerShard at least 1
 */
export function planShards(
  loads: readonly number[],
  names: readonly string[],
  maxPerShard: number,
): ShardPlan {
  let next = 0;
  const additions = loads.map((load) => {
    const room = Math.max(0, maxPerShard - load);
    const taken = names.slice(next, next + room);
    next += taken.length;
    return taken;
  });
  const rest = names.slice(next);
  const count = Math.ceil(rest.length / maxPerShard);
  const fresh = Array.from({ length: count }, (_, i) =>
    rest.slice(Math.floor((i * rest.length) / count), Math.floor(((i + 1) * rest.length) / count)),
  );
  return { additions, fresh };
}

/** In pieces of at most `size`, in order. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}
