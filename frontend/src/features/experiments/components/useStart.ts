import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Experiment, ExperimentRequest } from '@/api/types';
import { createExperiment } from '../api/createExperiment';

/** Random, also where the page is not served over HTTPS and `randomUUID` is not to be had. */
function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/**
 * Start experiments, each press of the button one: a double click, and a press after an answer that
 * got lost, name the experiment of the first by the same key.
 */
export function useStart(onStarted: (experiment: Experiment) => void) {
  const cache = useQueryClient();
  const pressed = useRef<{ key: string; of: string } | null>(null);
  // Set at once, where the state of the mutation would come too late for a double click; and kept
  // after the answer, while the next page is fetched and the button is still there.
  const busy = useRef(false);
  const mutation = useMutation({
    mutationFn: createExperiment,
    onError: () => {
      busy.current = false;
    },
    onSuccess: (experiment) => {
      void cache.invalidateQueries({ queryKey: ['experiments'] });
      onStarted(experiment);
    },
  });

  function start(request: ExperimentRequest) {
    if (busy.current) return;
    busy.current = true;
    const of = JSON.stringify(request);
    if (pressed.current?.of !== of) pressed.current = { key: freshKey(), of };
    mutation.mutate({ ...request, idempotency_key: pressed.current.key });
  }

  /** The form has changed: what is pressed next is another experiment. */
  function reset() {
    if (mutation.isPending) return;
    busy.current = false;
    mutation.reset();
  }

  return { start, starting: mutation.isPending, error: mutation.error, reset };
}
