import { useQueryClient } from '@tanstack/react-query';
import { useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { EventSeam, isLast } from '../api/events';
import { type Recorded, TrainingRecord } from '../model/TrainingRecord';

export interface Training extends Recorded {
  /** Whether events come; broken, they are asked for again. */
  stream: 'opening' | 'open' | 'broken' | 'ended';
}

const NOTHING: Recorded = { units: new Map(), log: [], dropped: new Set() };
const nothing = () => () => {};
const empty = () => NOTHING;

/**
 * What an experiment has gone through and goes through now.
 *
 * @param unit Unit that is looked at; its curves are brought back where they were let go.
 */
export function useTraining(id: string, unit: number | undefined): Training {
  const follow = useContext(EventSeam);
  const cache = useQueryClient();
  const [record, setRecord] = useState<TrainingRecord>();
  const [stream, setStream] = useState<Training['stream']>('opening');
  const recorded = useSyncExternalStore(
    record?.shown.subscribe ?? nothing,
    record?.shown.get ?? empty,
  );
  const pinned = unit !== undefined && recorded.dropped.has(unit) ? unit : undefined;
  const [wanted, setWanted] = useState<number>();
  if (pinned !== undefined && pinned !== wanted) setWanted(pinned);

  useEffect(() => {
    const begun = new TrainingRecord(wanted);
    setRecord(begun);
    setStream('opening');
    const leave = follow(id, {
      onEvent: (event) => {
        begun.take(event);
        if (!isLast(event)) return;
        setStream('ended');
        // What it came to is known now, not at the next time of asking.
        void cache.invalidateQueries({ queryKey: ['experiments'] });
        void cache.invalidateQueries({ queryKey: ['agents'] });
      },
      onOpen: () => setStream('open'),
      onBreak: () => setStream('broken'),
    });
    return () => {
      leave();
      begun.stop();
    };
  }, [id, wanted, follow, cache]);

  return { ...recorded, stream };
}
