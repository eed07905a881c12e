export { CHANNEL_NAMES } from './channels/channel';
export {
  type Fact,
  type Notification,
  type NotificationDraft,
  SEVERITIES,
  type Severity,
} from './core/notification';
export type { ChannelStatus } from './channel-tally';
export { NotificationsModule } from './notifications.module';
export { NotificationsService } from './notifications.service';
export {
  DEFAULT_NOTIFICATION_SETTINGS,
  NOTIFICATION_SETTINGS,
  type NotificationSettings,
} from './notifications.settings';
