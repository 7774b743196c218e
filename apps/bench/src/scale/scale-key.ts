/** The key with this index: 57 bytes, as a lake partitioned by day has them, with a part that no codec can guess. */
export function scaleKey(index: number): string {
  const digest = (Math.imul(index, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
  const day = String((index % 28) + 1).padStart(2, '0')
  return `lake/raw/year=2024/day=${day}/part-${String(index).padStart(10, '0')}-${digest}.bin`
}
