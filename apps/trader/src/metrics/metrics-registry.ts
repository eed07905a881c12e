/** The figures of the service for Prometheus, read from their owners when they are asked for. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: number];

export interface Description {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

@Injectable()
export class MetricsRegistry implements OnModuleDestroy {
  readonly registry = new Registry();
  private readonly preparations: (() => void)[] = [];

  onModuleDestroy(): void {
    this.registry.clear();
  }

  text(): Promise<string> {
    for (const prepare of this.preparations) prepare();
    return this.registry.metrics();
  }

  /** Memory, CPU and garbage collection of the process, under their usual names. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    for (const { name } of this.registry.getMetricsAsArray()) {
      // Not a number while the loop is idle; slt_event_loop_delay_seconds takes their place.
      if (name.startsWith('nodejs_eventloop_lag')) this.registry.removeSingleMetric(name);
    }
  }

  /** Called once before each scrape. */
  beforeScrape(prepare: () => void): void {
    this.preparations.push(prepare);
  }

  value(name: string, help: string, read: () => number): void {
    this.samples({ name, help }, () => [[{}, read()]]);
  }

  /** A counter that somebody else keeps. */
  total(name: string, help: string, read: () => number): void {
    this.totals({ name, help }, () => [[{}, read()]]);
  }

  /** Counters that somebody else keeps, one a sample. */
  totals({ name, help, labels = [] }: Description, read: () => readonly Sample[]): void {
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [values, value] of read()) this.inc({ ...values }, value);
      },
    });
  }

  /** A gauge with any number of samples; none: the figure is not known. */
  samples(
    { name, help, labels = [] }: Description,
    read: () => readonly Sample[] | Promise<readonly Sample[]>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      async collect() {
        const samples = await read();
        this.reset();
        if (samples.length === 0) this.remove({});
        for (const [values, value] of samples) this.set({ ...values }, value);
      },
    });
  }
}
