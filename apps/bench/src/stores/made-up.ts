/** A key that says how large its object is, for stores that make objects up when they are read. */
export function madeUpKey(index: number, sizeBytes: number): string {
  return `data/${sizeBytes}/object-${String(index).padStart(9, '0')}.bin`
}

/** The size that a key says; null for other keys. */
export function madeUpSize(key: string): number | null {
  const match = /^data\/(\d+)\//.exec(key)
  return match ? Number(match[1]) : null
}
