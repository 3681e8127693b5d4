import { useMutation, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '@/api/problem';
import type { Experiment } from '@/api/types';
import { cancelExperiment } from '../api/cancelExperiment';
import { deleteExperiment } from '../api/deleteExperiment';
import { hasEnded } from '../calculate/states';
import { ConfirmButton } from './ConfirmButton';
import classes from './ExperimentDetail.module.css';
import { PageLink } from './PageLink';

interface ExperimentActionsProps {
  experiment: Experiment;
  onDeleted: () => void;
}

/** What may be done with an experiment as a whole. */
export function ExperimentActions({ experiment, onDeleted }: ExperimentActionsProps) {
  const { id, state, result } = experiment;
  const cache = useQueryClient();
  const renew = () => cache.invalidateQueries({ queryKey: ['experiments'] });
  const cancel = useMutation({ mutationFn: () => cancelExperiment(id), onSuccess: renew });
  const remove = useMutation({
    mutationFn: () => deleteExperiment(id),
    onSuccess: () => {
      onDeleted();
      cache.removeQueries({ queryKey: ['experiments', 'one', id] });
      void renew();
      void cache.invalidateQueries({ queryKey: ['agents'] });
    },
  });
  const failure = cancel.error ?? remove.error;
  const agents = result?.agents.length ?? 0;
  return (
    <>
      {result !== null && result.evaluation !== null && (
        <PageLink target={{ to: 'evaluation', report: result.evaluation }} button="xs">
          Evaluation
        </PageLink>
      )}
      <PageLink target={{ to: 'again', id, kind: experiment.kind }} button="xs">
        Run again with changes
      </PageLink>
      {hasEnded(experiment) ? (
        <ConfirmButton
          word="Delete"
          question={
            agents === 0
              ? 'Delete it for good?'
              : `Delete it for good, with ${agents === 1 ? 'its agent' : `its ${agents} agents`}?`
          }
          confirm="Delete for good"
          keep="Keep it"
          pending={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      ) : (
        state !== 'cancelling' && (
          <ConfirmButton
            word="Cancel"
            question="Stop it? What was trained so far is lost."
            confirm="Stop it"
            keep="Let it run"
            pending={cancel.isPending}
            onConfirm={() => cancel.mutate()}
          />
        )
      )}
      {failure !== null && (
        <span className={`${classes.confirm} ${classes.failed}`} role="alert">
          {problemOf(failure).detail}
        </span>
      )}
    </>
  );
}
