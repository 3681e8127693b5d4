import type { Draft } from '../calculate/draft';
import type { Refusals } from '../calculate/request';

/** What every group of fields of the form is given. */
export interface FieldsProps {
  draft: Draft;
  edit: (part: Partial<Draft>) => void;
  wrong: Refusals;
}
