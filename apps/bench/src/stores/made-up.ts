/** A key that contains the size of its object, for stores that generate objects when they are read. */
export function madeUpKey(index: number, sizeBytes: number): string {
  return `data/${sizeBytes}/object-${String(index).padStart(9, '0')}.bin`
}

/** The size in a key; null for other keys. */
export function madeUpSize(key: string): number | null {
  const match = /^data\/(\d+)\//.exec(key)
  return match ? Number(match[1]) : null
}
