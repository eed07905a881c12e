import { Module } from '@nestjs/common';
import { AccountAudit } from './audit/account-audit';
import { BrokerFactory, ExchangeLines } from './broker-factory';
import { JournalModule } from './journal';
import { JournalRetention } from './journal-retention.service';
import { SessionFactory } from './session/session-factory';
import { TradingService } from './trading.service';

/** Trading of one account, on paper or live. Needs ConfigModule, DatabaseModule and ExchangeModule, which are global. */
@Module({
  imports: [JournalModule],
  providers: [ExchangeLines, BrokerFactory, SessionFactory, TradingService, AccountAudit, JournalRetention],
  exports: [JournalModule, TradingService, BrokerFactory, AccountAudit],
})
export class TradingModule {}
