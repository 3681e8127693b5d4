import {
  Autocomplete,
  Button,
  FileButton,
  Group,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import type { UploadRequest } from '../api/uploadDataset';

interface UploadFormProps {
  request: Omit<UploadRequest, 'file'>;
  file: File | null;
  busy: boolean;
  /** Price columns to choose from, as far as they are known. */
  columns: string[];
  onChange: (change: Partial<Omit<UploadRequest, 'file'>>) => void;
  onFile: (file: File) => void;
  onSubmit: () => void;
}

/** How a file is to be read; all of it may be left alone. */
export function UploadForm(props: UploadFormProps) {
  const { request, file, busy, columns, onChange, onFile, onSubmit } = props;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Stack gap="sm">
        <Group gap="sm">
          <FileButton
            accept=".csv,.gz,.zip,text/csv"
            inputProps={{ 'aria-label': 'CSV file' }}
            onChange={(chosen) => {
              if (chosen !== null) onFile(chosen);
            }}
          >
            {(button) => (
              <Button size="xs" variant="default" disabled={busy} {...button}>
                Choose a file
              </Button>
            )}
          </FileButton>
          <Text size="sm">{file === null ? 'or drop it anywhere on the page' : file.name}</Text>
        </Group>
        <Text size="xs" c="var(--bw-dim)">
          Any CSV with dates and prices: .csv, .csv.gz or a .zip of one, up to 64 MiB. Header names,
          date forms and separators are recognised.
        </Text>
        <Group gap="sm" grow align="flex-start">
          <TextInput
            size="xs"
            label="Symbol"
            placeholder="From the file name"
            value={request.symbol}
            onChange={(event) => onChange({ symbol: event.currentTarget.value.trim() })}
          />
          <Autocomplete
            size="xs"
            label="Price column"
            placeholder="Only where there are several"
            data={columns}
            value={request.column}
            onChange={(column) => onChange({ column })}
          />
        </Group>
        <Switch
          size="xs"
          label="Repair missed splits and unit errors"
          description="Left off, they are reported and kept as they are."
          checked={request.repair}
          onChange={(event) => onChange({ repair: event.currentTarget.checked })}
        />
        {file !== null && (
          <Button size="xs" type="submit" loading={busy} w="fit-content">
            Upload {file.name}
          </Button>
        )}
      </Stack>
    </form>
  );
}
