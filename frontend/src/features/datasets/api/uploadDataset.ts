import { client, unwrap } from '@/api/client';
import type { Dataset } from '@/api/types';

export interface UploadRequest {
  file: File;
  /** Empty: the file name before its first underscore. */
  symbol: string;
  /** Price column of a close-only file with several; empty: the only one. */
  column: string;
  repair: boolean;
}

/** Send a file to be read as candles. */
export async function uploadDataset(request: UploadRequest): Promise<Dataset> {
  const form = new FormData();
  form.set('file', request.file);
  if (request.symbol !== '') form.set('symbol', request.symbol);
  if (request.column !== '') form.set('column', request.column);
  if (request.repair) form.set('repair', 'true');
  return unwrap(
    await client.POST('/api/datasets', {
      // The generated body type knows a file only as text; the form is what is sent.
      body: form as never,
      bodySerializer: (body: unknown) => body as FormData,
    }),
  );
}
