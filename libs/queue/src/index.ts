export { createQueueBackend, type QueueBackend, type QueueOf, type WorkerOf } from './queue-backend';
export { storeId } from './store-id';
