import { Slider } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Agent } from '@/api/types';
import { formatInteger } from '@/lib/format';
import { stopsOf } from '../calculate/keptSteps';
import classes from './Strip.module.css';

interface StepSliderProps {
  agent: Agent;
  /** Step that is looked at; null for the finished agent. */
  step: number | null;
  onStep: (step: number | null) => void;
  /** What to know while a step is looked at. */
  children?: ReactNode;
}

/** Back and forth through the training of an agent; nothing where no step of it was kept. */
export function StepSlider({ agent, step, onStep, children }: StepSliderProps) {
  const stops = stopsOf(agent);
  if (stops.length === 0) return null;
  const last = stops.length - 1;
  const known = stops.indexOf(step);
  const index = known < 0 ? last : known;
  const words =
    step === null
      ? `${formatInteger(agent.steps)}, final`
      : `${formatInteger(step)} of ${formatInteger(agent.steps)}`;
  return (
    <section className={classes.scrubber} aria-label="Training step">
      <span className={classes.word}>Training step</span>
      <Slider
        className={classes.slider}
        size="sm"
        min={0}
        max={last}
        value={index}
        onChange={(next) => next !== index && onStep(stops[next] ?? null)}
        marks={stops.map((_, value) => ({ value }))}
        label={null}
        thumbLabel="Training step of the agent"
        thumbValueText={words}
      />
      <output className={classes.figure}>{words}</output>
      {children !== undefined && <span className={classes.note}>{children}</span>}
    </section>
  );
}
