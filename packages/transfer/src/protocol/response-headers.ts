/** Lower-case names, Latin-1 values; a list where a name came more than once. */
export type ResponseHeaders = Record<string, string | string[] | undefined>

const MARK = /^(?:x-(?:amz|amzn|goog|guploader|minio|rgw|obs|oss|cos)-|opc-request-id$)/

/** True if a response carries a header that only a store sends, such as `x-amz-request-id`. */
export function hasStoreMark(headers: ResponseHeaders): boolean {
  for (const name in headers) if (MARK.test(name)) return true
  return false
}

/**
 * The version that an answer is about, if it is not the one that the query asks for; null if it is, or if neither names one.
 *
 * @param query as sent
 */
export function otherVersion(query: string, { 'x-amz-version-id': version }: ResponseHeaders): string | null {
  if (query === '' || typeof version !== 'string') return null
  const asked = new URLSearchParams(query).get('versionId')
  return asked === null || asked === version ? null : version
}
