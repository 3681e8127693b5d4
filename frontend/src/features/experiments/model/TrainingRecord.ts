import type { ExperimentEvent, ValidationPoint } from '@/api/types';
import { Observable } from '@/lib/observable';
import { StepSeries } from './StepSeries';

export interface LossPoint {
  step: number;
  loss: number;
}

/** How the policy of one moment of a training trades the validation window. */
export type ValidationStep = ValidationPoint & { step: number };

/** What is drawn of one unit. */
export interface UnitCurves {
  readonly step: number;
  readonly total: number;
  readonly losses: readonly LossPoint[];
  readonly validations: readonly ValidationStep[];
}

export interface LogLine {
  readonly id: number;
  readonly at: string;
  readonly unit: number | null;
  readonly text: string;
}

export interface Recorded {
  /** By index of the unit. */
  readonly units: ReadonlyMap<number, UnitCurves>;
  readonly log: readonly LogLine[];
  /** Units whose curves were let go, because there were too many. */
  readonly dropped: ReadonlySet<number>;
}

const NOTHING: Recorded = { units: new Map(), log: [], dropped: new Set() };

/** Points of a curve that a screen can show; a validation carries three series of its own. */
const MOST_LOSSES = 600;
const MOST_VALIDATIONS = 120;
const MOST_UNITS = 40;
const MOST_LINES = 200;
/** A stream that begins anew brings all its events at once; they are drawn together. */
const GATHER_MS = 120;

interface Gathered {
  step: number;
  total: number;
  losses: StepSeries<LossPoint>;
  validations: StepSeries<ValidationStep>;
}

/** What the events of an experiment come to, outside React, in bounded memory. */
export class TrainingRecord {
  readonly shown = new Observable<Recorded>(NOTHING);

  private readonly units = new Map<number, Gathered>();
  private readonly changed = new Set<number>();
  private readonly dropped = new Set<number>();
  private readonly pinned: number | undefined;
  private log: LogLine[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param pinned Unit whose curves are kept, however many others there are. */
  constructor(pinned?: number) {
    this.pinned = pinned;
  }

  take(event: ExperimentEvent): void {
    const { kind, unit } = event;
    if (kind === 'log' || (kind === 'state' && event.text !== null)) this.write(event);
    if (unit !== null) this.takeOfUnit(unit, event);
    this.timer ??= setTimeout(() => this.show(), GATHER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private takeOfUnit(index: number, event: ExperimentEvent): void {
    const { step, total, loss, validation } = event;
    if (event.kind === 'log') return;
    const unit = this.unit(index);
    if (step !== null) unit.step = step;
    if (total !== null) unit.total = total;
    if (step !== null && loss !== null) unit.losses.add({ step, loss });
    if (step !== null && validation !== null) unit.validations.add({ ...validation, step });
    this.changed.add(index);
  }

  private unit(index: number): Gathered {
    const unit = this.units.get(index) ?? {
      step: 0,
      total: 0,
      losses: new StepSeries<LossPoint>(MOST_LOSSES),
      validations: new StepSeries<ValidationStep>(MOST_VALIDATIONS),
    };
    // The one that spoke last stands last, so that the first is the one to let go.
    this.units.delete(index);
    this.units.set(index, unit);
    this.dropped.delete(index);
    if (this.units.size > MOST_UNITS) {
      const oldest = [...this.units.keys()].find((other) => other !== this.pinned);
      if (oldest !== undefined) {
        this.units.delete(oldest);
        this.dropped.add(oldest);
      }
    }
    return unit;
  }

  private write({ id, at, unit, text }: ExperimentEvent): void {
    if (text === null) return;
    this.log = [...this.log.slice(1 - MOST_LINES), { id, at, unit, text }];
  }

  private show(): void {
    this.timer = undefined;
    const before = this.shown.get().units;
    const units = new Map<number, UnitCurves>();
    for (const [index, { step, total, losses, validations }] of this.units) {
      const same = this.changed.has(index) ? undefined : before.get(index);
      units.set(
        index,
        same ?? { step, total, losses: losses.read(), validations: validations.read() },
      );
    }
    this.changed.clear();
    this.shown.set({ units, log: this.log, dropped: new Set(this.dropped) });
  }
}
