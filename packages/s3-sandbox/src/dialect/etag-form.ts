/** How a store writes an ETag that is `"d41d8cd9…"` on S3. */
export type EtagForm = 'lower-case' | 'upper-case' | 'unquoted' | 'weak'

/** An ETag, quoted or not, in a store's form. */
export function writtenEtag(etag: string, form: EtagForm): string {
  const bare = etag.replaceAll('"', '')
  switch (form) {
    case 'lower-case':
      return etag
    case 'upper-case':
      return etag.toUpperCase()
    case 'unquoted':
      return bare
    case 'weak':
      return `W/"${bare}"`
  }
}

/** An ETag from a client in the form that this server keeps. A store knows its ETags only in the form that it returned. */
export function keptEtag(sent: string, form: EtagForm): string {
  if (form !== 'upper-case') return sent
  return /[a-f]/.test(sent) ? `not-${sent}` : sent.toLowerCase()
}
