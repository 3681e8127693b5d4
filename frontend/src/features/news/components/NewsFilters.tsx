import { Button, Select, TextInput } from '@mantine/core';
import type { NewsItem } from '@/api/types';
import { formatInteger } from '@/lib/format';
import { countLabels, countSources, LABELS, type NewsLabel } from '../calculate/filter';
import classes from './NewsPanel.module.css';
import { TONES } from './SentimentChip';

interface NewsFiltersProps {
  items: readonly NewsItem[];
  label: NewsLabel | undefined;
  source: string | undefined;
  text: string;
  onView: (part: { label?: NewsLabel | undefined; source?: string | undefined }) => void;
  onText: (text: string) => void;
}

const nameOf = (label: NewsLabel) =>
  label === 'unscored' ? '… Not scored' : `${TONES[label].icon} ${TONES[label].word}`;

/** Which of the headlines are listed: by label, by who wrote them, by their words. */
export function NewsFilters({ items, label, source, text, onView, onText }: NewsFiltersProps) {
  const counts = countLabels(items);
  const sources = countSources(items);
  // What the address asks for can be taken off, though no headline has it.
  const names = sources.map((one) => one.source);
  if (source !== undefined && !names.includes(source)) sources.push({ source, count: 0 });
  return (
    <div className={classes.filters}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, these are buttons */}
      <div className={classes.labels} role="group" aria-label="Label">
        {LABELS.filter(
          (name) => name !== 'unscored' || counts.unscored > 0 || label === 'unscored',
        ).map((name) => (
          <Button
            key={name}
            size="compact-xs"
            variant={name === label ? 'filled' : 'default'}
            aria-pressed={name === label}
            onClick={() => onView({ label: name === label ? undefined : name })}
          >
            {nameOf(name)} {formatInteger(counts[name])}
          </Button>
        ))}
      </div>
      <Select
        size="xs"
        aria-label="Source"
        placeholder="All sources"
        clearable
        searchable={sources.length > 8}
        data={sources.map(({ source: name, count }) => ({
          value: name,
          label: `${name} (${formatInteger(count)})`,
        }))}
        value={source ?? null}
        onChange={(value) => onView({ source: value ?? undefined })}
      />
      <TextInput
        size="xs"
        type="search"
        aria-label="Words in the headline"
        placeholder="Search words"
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </div>
  );
}
