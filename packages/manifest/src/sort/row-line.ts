import type { ManifestRow } from '../write/manifest-row.js'

/** A row as a line of text, its end included. */
export function rowToLine({ key, size, etag, lastModified, versionId, destinationKey }: ManifestRow): string {
  return `${JSON.stringify([key, size, etag, lastModified?.getTime(), versionId, destinationKey])}\n`
}

/** Undoes {@link rowToLine}. */
export function lineToRow(line: string): ManifestRow {
  const [key, size, etag, time, versionId, destinationKey] = JSON.parse(line) as [
    string,
    number | null,
    string | null,
    number | null,
    string | null,
    string | null,
  ]
  return {
    key,
    ...(size !== null && { size }),
    ...(etag !== null && { etag }),
    ...(time !== null && { lastModified: new Date(time) }),
    ...(versionId !== null && { versionId }),
    ...(destinationKey !== null && { destinationKey }),
  }
}
