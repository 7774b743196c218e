import type { LazySdk } from './sdk-client.js'

/** An object as a listing shows it. */
export interface ListedObject {
  key: string
  /** Without quotes. */
  etag: string
  sizeBytes: number
  lastModified?: Date
}

/** One page: the objects, or the common prefixes when a delimiter was given. */
interface Page {
  objects: ListedObject[]
  prefixes: string[]
}

/**
 * Pages of ListObjectsV2, each fetched when it is asked for. Keys are asked for URL-encoded, because XML cannot carry every character that a key
 * may have.
 */
export async function* listPages(
  load: LazySdk,
  bucket: string,
  options: { prefix: string; delimiter?: string; signal?: AbortSignal | undefined },
): AsyncIterable<Page> {
  const { sdk, client } = await load()
  let token: string | undefined
  do {
    const page = await client.send(
      new sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: options.prefix,
        EncodingType: 'url',
        ...(options.delimiter !== undefined && { Delimiter: options.delimiter }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
      options.signal === undefined ? {} : { abortSignal: options.signal },
    )
    const decode = page.EncodingType === 'url' ? decodeListed : (text: string) => text
    yield {
      objects: (page.Contents ?? []).map((object) => ({
        key: decode(object.Key ?? ''),
        etag: (object.ETag ?? '').replaceAll('"', ''),
        sizeBytes: object.Size ?? 0,
        ...(object.LastModified !== undefined && { lastModified: object.LastModified }),
      })),
      prefixes: (page.CommonPrefixes ?? []).map(({ Prefix }) => decode(Prefix ?? '')),
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined
  } while (token !== undefined)
}

/** Undoes the encoding of a listing, which writes a space as `+`. Bytes that are no UTF-8 stay encoded. */
export function decodeListed(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
