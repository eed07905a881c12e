import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ClusterService } from '@slt/cluster';
import { AppConfig } from '@slt/config';

/** Sets the market pipeline going with the process; an exchange that is away is the pipeline's to wait for. */
@Injectable()
export class ClusterAutostart implements OnApplicationBootstrap {
  private readonly logger = new Logger('Cluster');

  constructor(
    private readonly cluster: ClusterService,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.CLUSTER_AUTOSTART) return;
    this.cluster.start().catch((error: unknown) => this.logger.error(error));
  }
}
