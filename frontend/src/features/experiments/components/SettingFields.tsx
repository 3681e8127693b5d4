import { Input, SegmentedControl, TextInput } from '@mantine/core';
import { Term } from '@/components/Term';
import { type Setting, settingsOf } from '../calculate/settings';
import classes from './ExperimentForm.module.css';
import type { FieldsProps } from './fieldProps';

/** A few parts of the configuration, as the service has them unless they are changed. */
export function SettingFields({ draft, edit, wrong }: FieldsProps) {
  const varied = draft.kind === 'sweep' ? draft.grid.map(({ path }) => path) : [];
  const change = (path: string, text: string) =>
    edit({ settings: { ...draft.settings, [path]: text } });
  return (
    <fieldset className={classes.settings}>
      <legend>Settings</legend>
      {settingsOf(draft.kind)
        .filter(({ path }) => !varied.includes(path))
        .map((setting) => (
          <SettingField
            key={setting.path}
            setting={setting}
            text={draft.settings[setting.path] ?? setting.initial}
            onChange={(text) => change(setting.path, text)}
            error={wrong[setting.path]}
          />
        ))}
    </fieldset>
  );
}

interface SettingFieldProps {
  setting: Setting;
  text: string;
  onChange: (text: string) => void;
  error: string | undefined;
}

function SettingField({ setting, text, onChange, error }: SettingFieldProps) {
  const { word, meaning, shape, initial } = setting;
  const label = <Term word={word} definition={meaning} />;
  if (shape === 'fill') {
    return (
      <Input.Wrapper size="xs" labelElement="div" label={label} error={error}>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={word}
          value={text}
          onChange={onChange}
          data={[
            { value: 'next_open', label: 'Open' },
            { value: 'next_close', label: 'Close' },
          ]}
        />
      </Input.Wrapper>
    );
  }
  return (
    <TextInput
      size="xs"
      // A label around a button would press it; the input is named for itself.
      labelProps={{ component: 'div' }}
      label={label}
      aria-label={word}
      inputMode={shape.endsWith('s') ? 'text' : 'decimal'}
      placeholder={initial === '' ? 'Default' : ''}
      classNames={{ input: classes.number }}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  );
}
