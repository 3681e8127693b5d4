import { StepSlider } from '@/features/experiments/components/StepSlider';
import { writeAgentStep } from '@/lib/agentStep';
import classes from './Dashboard.module.css';
import type { Search } from './search';
import { useAgentStep } from './useAgentStep';

interface TrainingStepProps {
  search: Search;
  change: (part: Partial<Search>, passing?: boolean) => void;
}

/** The agent as it was at a step of its training; nothing where no step of it was kept. */
export function TrainingStep({ search, change }: TrainingStepProps) {
  const { agent, step, end } = useAgentStep(search);
  if (agent === undefined || agent.kept_steps.length === 0) return null;
  return (
    <div className={classes.step}>
      <StepSlider
        agent={agent}
        step={step}
        onStep={(next) =>
          change(
            {
              agent:
                next === null && agent.is_default
                  ? undefined
                  : writeAgentStep({ id: agent.id, step: next }),
            },
            true,
          )
        }
      >
        {end === null
          ? undefined
          : `Shown up to the end of validation, ${end}, so that no unseen candle is looked at while steps are tried.`}
      </StepSlider>
    </div>
  );
}
