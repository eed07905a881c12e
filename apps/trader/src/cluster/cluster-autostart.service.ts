import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ClusterService } from '@slt/cluster';
import { AppConfig } from '@slt/config';
import { Universe } from '@slt/exchange';

/** Sets the market pipeline going with the process; an exchange that is away is the pipeline's to wait for. */
@Injectable()
export class ClusterAutostart implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Cluster');

  constructor(
    private readonly cluster: ClusterService,
    private readonly universe: Universe,
    private readonly config: AppConfig,
  ) {}

  /** What the pipeline asks for first, asked while the rest of the service still starts. */
  onModuleInit(): void {
    if (this.config.CLUSTER_AUTOSTART) this.universe.load().catch(() => undefined);
  }

  onApplicationBootstrap(): void {
    if (!this.config.CLUSTER_AUTOSTART) return;
    this.cluster.start().catch((error: unknown) => this.logger.error(error));
  }
}
