/** Lower-case names, Latin-1 values; a list where a name came more than once. */
export type ResponseHeaders = Record<string, string | string[] | undefined>

const MARK = /^x-(?:amz|amzn|goog|minio|rgw|obs|oss|cos)-/

/** True if a response carries a header that only a store sends, such as `x-amz-request-id`. */
export function hasStoreMark(headers: ResponseHeaders): boolean {
  for (const name in headers) if (MARK.test(name)) return true
  return false
}
