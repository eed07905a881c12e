export { DataDirLock, LOCK_FOLDER } from './data-dir-lock';
export { Database, type DatabaseOptions, type DatabaseRole } from './database';
export { DatabaseModule } from './database.module';
export { databaseError, isWithoutTables } from './database-error';
export { type HeldLock, type LockAttempt, tryLock, withFileLock } from './file-lock';
export { isAlive, ownIdentity, pidExists, pidRuns, type ProcessIdentity } from './process-identity';
export { temporarySuffix, writerOf } from './temporary-name';
export { SchemaDatabase, type SchemaOptions } from './schema-database';
