/** BullMQ's PostgreSQL backend on a pool whose tables are there, with a readiness that recovers. */
import { type BackendFactory, createPostgresBackend, type IQueueBackend } from 'bullmq';

/**
 * As BullMQ's own, but for one thing: that keeps its first answer for good, also a failed one. A worker that was made in the
 * moment when the database went away would fail at each fetch from then on, at once and without any I/O: its loop would
 * never let go of the event loop again. Here a failure is forgotten, and the next query asks anew.
 */
export const createRecoveringBackend: BackendFactory<IQueueBackend> = (name, options, factoryOptions) => {
  // BullMQ types its classes for Redis unless told otherwise at every use; what we call exists on both.
  const factory = createPostgresBackend as unknown as BackendFactory<
    ReturnType<typeof createPostgresBackend>
  >;
  const backend = factory(name, options, factoryOptions);
  const { connection } = backend;
  let ready: Promise<void> | undefined;
  connection.waitUntilReady = () =>
    (ready ??= reach(connection.pool).catch((error: unknown) => {
      ready = undefined;
      throw error;
    }));
  return backend as unknown as IQueueBackend;
};

async function reach(pool: { query(text: string): Promise<unknown> }): Promise<void> {
  await pool.query('select 1');
}
