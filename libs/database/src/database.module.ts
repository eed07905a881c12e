import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataDirLock } from './data-dir-lock';
import { Database, DATABASE_OPTIONS, type DatabaseOptions } from './database';

/** As it is: the owner of DATA_DIR and of its embedded server. */
@Global()
@Module({
  providers: [DataDirLock, Database],
  exports: [DataDirLock, Database],
})
export class DatabaseModule {
  /** For processes that are not the trader. */
  static forRoot(options: DatabaseOptions): DynamicModule {
    return { module: DatabaseModule, providers: [{ provide: DATABASE_OPTIONS, useValue: options }] };
  }
}
