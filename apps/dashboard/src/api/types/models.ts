/** What was learned, as `GET /v1/models` tells it. Instants are exchange time in ms. */

export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly confidence: number | null;
  readonly winRate: number | null;
}

export interface Advantage {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface Model {
  readonly id: string;
  readonly kind: string;
  readonly status: 'champion' | 'challenger' | 'retired';
  readonly createdAt: number | null;
  readonly trainedOn: { readonly from: number; readonly to: number; readonly samples: number } | null;
  readonly featureVersion: number;
  readonly hyperparameters: unknown;
  readonly metrics: {
    readonly samples: number;
    readonly logLoss: number | null;
    readonly brier: number | null;
    readonly ece: number | null;
    readonly traded: number;
    readonly expectancyR: number | null;
  } | null;
  readonly comparison: {
    readonly samples: number;
    readonly blocks: number;
    readonly logLoss: Advantage | null;
    readonly earnedR: Advantage | null;
    readonly verdict: string;
  } | null;
  readonly weights: readonly { readonly feature: string; readonly weight: number }[];
}

export interface Models {
  readonly isOn: boolean;
  readonly market: string;
  readonly champion: string;
  readonly learner: {
    readonly outcomes: number;
    readonly required: number;
    readonly isReady: boolean;
    readonly drift: 'none' | 'warning' | 'drifted';
    readonly pending: number;
    readonly note: string | null;
  };
  readonly calibration: {
    readonly count: number;
    readonly brier: number | null;
    readonly ece: number | null;
    readonly logLoss: number | null;
    readonly bins: readonly CalibrationBin[];
  };
  readonly setups: readonly {
    readonly setup: string;
    readonly outcomes: number;
    readonly meanR: number | null;
    readonly lowerBound: number | null;
    readonly mayTrade: boolean;
  }[];
  readonly models: readonly Model[];
  readonly promotions: readonly {
    readonly at: number;
    readonly model: string;
    readonly previous: string;
    readonly reason: string;
    readonly detail: string;
  }[];
  readonly training: {
    readonly state: 'idle' | 'running';
    readonly startedAt: number | null;
    readonly lastError: string | null;
  };
}
