import type { LossPoint, UnitCurves, ValidationStep } from '../model/TrainingRecord';

/** The step, of those in order, that lies nearest to the one asked for; null where there is none. */
export function nearestStep(points: readonly { step: number }[], step: number): number | null {
  let nearest: number | null = null;
  for (const point of points) {
    if (nearest === null || Math.abs(point.step - step) <= Math.abs(nearest - step)) {
      nearest = point.step;
    }
  }
  return nearest;
}

/** The validation at the step that is asked for, or the nearest to it; the latest where none is. */
export function validationAt(
  validations: readonly ValidationStep[],
  step: number | undefined,
): ValidationStep | undefined {
  if (step === undefined) return validations.at(-1);
  const nearest = nearestStep(validations, step);
  return validations.find((point) => point.step === nearest);
}

/** The last loss that was reported up to a step. */
export function lossAt(losses: readonly LossPoint[], step: number | null): number | null {
  if (step === null) return losses.at(-1)?.loss ?? null;
  return losses.findLast((point) => point.step <= step)?.loss ?? losses[0]?.loss ?? null;
}

/** Steps that a plot reaches over: all that are to be taken, so that what is left is seen. */
export function reach({ total, losses, validations }: UnitCurves): number {
  return Math.max(total, losses.at(-1)?.step ?? 0, validations.at(-1)?.step ?? 0, 1);
}

/** Round steps at which the axis is labelled. */
export function stepTicks(most: number): number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const size = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(most / size) + 1 }, (_, index) => index * size);
}

/** One column of the exposure mix: where it stands, and its rungs from the lowest up. */
export interface MixColumn {
  from: number;
  to: number;
  rungs: { exposure: number; low: number; high: number }[];
}

/** Shares of each rung by step; a column reaches from the validation before it to its own. */
export function exposureMix(validations: readonly ValidationStep[]): MixColumn[] {
  return validations.map(({ step, exposures, exposure_fractions }, index) => {
    let below = 0;
    const rungs = exposures.map((exposure, rung) => {
      const low = below;
      below += exposure_fractions[rung] ?? 0;
      return { exposure, low, high: below };
    });
    return { from: validations[index - 1]?.step ?? 0, to: step, rungs };
  });
}

/** Colour of a rung: nothing is grey, all of it the agent's colour, short the colour of selling. */
export function rungColour(exposure: number): string {
  const strength = Math.round(Math.min(Math.abs(exposure), 1) * 55);
  const colour = exposure < 0 ? '--bw-sell' : '--bw-agent';
  return strength === 0
    ? 'var(--bw-border)'
    : `color-mix(in srgb, var(${colour}) ${strength + 10}%, var(--bw-border))`;
}
