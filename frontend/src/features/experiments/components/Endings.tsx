import { CloseButton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Experiment, ExperimentPage } from '@/api/types';
import { newestQuery } from '../api/experiments';
import { endingsSince, type Seen, see } from '../calculate/endings';
import { hasEnded } from '../calculate/states';
import classes from './Endings.module.css';
import { PageLink } from './PageLink';
import { StateBadge } from './StateBadge';

const BUSY_MS = 3000;
const IDLE_MS = 30_000;
/** More would cover the page. */
const MOST = 3;

const pause = (page: ExperimentPage | undefined) =>
  page === undefined || page.experiments.every(hasEnded) ? IDLE_MS : BUSY_MS;

function describeEnd({ state, result, reason }: Experiment): string {
  if (state === 'failed') return reason ?? 'It failed; its page says why.';
  if (state === 'cancelled') return 'It was cancelled.';
  const agents = result?.agents.length ?? 0;
  const left = [
    agents === 0 ? '' : agents === 1 ? 'agent' : 'agents',
    (result?.evaluation ?? null) === null ? '' : 'evaluation',
  ].filter((word) => word !== '');
  if (left.length === 0) return 'It is done.';
  return `Its ${left.join(' and ')} ${left.length > 1 || agents > 1 ? 'are' : 'is'} there.`;
}

/** Says on whichever page that an experiment that was running has ended, and leads to it. */
export default function Endings() {
  const cache = useQueryClient();
  const { data } = useQuery(newestQuery(pause));
  const seen = useRef<Seen>(new Map());
  const [shown, setShown] = useState<Experiment[]>([]);

  useEffect(() => {
    if (data === undefined) return;
    const ended = endingsSince(seen.current, data.experiments);
    seen.current = see(seen.current, data.experiments);
    if (ended.length === 0) return;
    setShown((before) => [...ended, ...before].slice(0, MOST));
    for (const key of ['agents', 'evaluations']) {
      void cache.invalidateQueries({ queryKey: [key] });
    }
  }, [data, cache]);

  const close = (id: string) => setShown((before) => before.filter((one) => one.id !== id));
  return (
    <section className={classes.endings} aria-label="Experiments that ended" aria-live="polite">
      {shown.map((experiment) => {
        const { id, name, state } = experiment;
        return (
          <div key={id} className={classes.ending} data-state={state}>
            <div className={classes.head}>
              <StateBadge state={state} />
              <CloseButton size="xs" aria-label={`Dismiss ${name}`} onClick={() => close(id)} />
            </div>
            <PageLink target={{ to: 'experiment', id }} className={classes.name} title={name}>
              {name}
            </PageLink>
            <p>{describeEnd(experiment)}</p>
          </div>
        );
      })}
    </section>
  );
}
