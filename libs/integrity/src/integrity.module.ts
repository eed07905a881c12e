import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { integrityProviders } from './integrity.providers';
import { IntegrityChecker } from './integrity-checker';
import { IntegrityService } from './integrity.service';

/** Is the cache whole? Needs ConfigModule, ExchangeModule and HistoryModule. */
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: integrityProviders,
  exports: [IntegrityChecker, IntegrityService],
})
export class IntegrityModule {}
