/** The bytes of a partial answer, from `first` up to and including `last`; `total` is null if the answer does not say. */
export interface ContentRange {
  first: number
  last: number
  total: number | null
}

/** Reads `Content-Range` (RFC 9110, section 14.4); null for anything else than one range of bytes. */
export function parseContentRange(header: string | string[] | undefined): ContentRange | null {
  const found = /^bytes[ \t]+(\d+)-(\d+)\/(\d+|\*)$/i.exec(String(header))
  if (found === null) return null
  const [, first, last, total] = found
  return { first: Number(first), last: Number(last), total: total === '*' ? null : Number(total) }
}
