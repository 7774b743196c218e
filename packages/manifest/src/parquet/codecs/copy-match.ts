/**
 * Copies `length` bytes of `output` from `offset` before `at` to `at`, as in LZ4 and Snappy: where the two overlap, the bytes repeat.
 * The caller has checked the bounds.
 */
export function copyMatch(output: Uint8Array, at: number, offset: number, length: number): void {
  if (length > 48 && offset >= length) {
    output.copyWithin(at, at - offset, at - offset + length)
    return
  }
  const end = at + length
  for (let to = at, from = at - offset; to < end; to++, from++) output[to] = output[from]!
}
