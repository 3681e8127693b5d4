import { client, unwrap } from '@/api/client';
import type { NewsUpload } from '@/api/types';

interface NewsUploadRequest {
  file: File;
  /** Symbol of the rows that name none. */
  symbol: string;
}

/** Send a file of headlines. */
export async function uploadNews({ file, symbol }: NewsUploadRequest): Promise<NewsUpload> {
  const form = new FormData();
  form.set('file', file);
  form.set('symbol', symbol);
  return unwrap(
    await client.POST('/api/news', {
      // The generated body type knows a file only as text; the form is what is sent.
      body: form as never,
      bodySerializer: (body: unknown) => body as FormData,
    }),
  );
}
