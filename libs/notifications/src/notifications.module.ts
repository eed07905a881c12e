/** Needs ConfigModule and DatabaseModule in the application. */
import { Module, type Provider } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { Database } from '@slt/database';
import { createQueueBackend, storeId } from '@slt/queue';
import { configuredChannels } from './channels/configured';
import {
  DEFAULT_NOTIFICATION_SETTINGS,
  NOTIFICATION_SETTINGS,
  type NotificationSettings,
} from './notifications.settings';
import { NOTIFICATIONS_PARTS, type NotificationsParts, NotificationsService } from './notifications.service';

const parts: Provider = {
  provide: NOTIFICATIONS_PARTS,
  inject: [AppConfig, Database, NOTIFICATION_SETTINGS],
  useFactory: (
    config: AppConfig,
    database: Database,
    settings: NotificationSettings,
  ): NotificationsParts => ({
    channels: configuredChannels(config),
    kinds: config.NOTIFY,
    origin: { exchange: config.EXCHANGE, mode: config.TRADING_MODE },
    settings,
    backend: () => createQueueBackend(config, database),
    queuePrefix: async () => `notifications-${(await storeId(config.DATA_DIR)).slice(0, 16)}`,
  }),
};

@Module({
  providers: [
    NotificationsService,
    parts,
    { provide: NOTIFICATION_SETTINGS, useValue: DEFAULT_NOTIFICATION_SETTINGS },
  ],
  exports: [NotificationsService],
})
export class NotificationsModule {}
