const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** What {@link bytesOf} takes, for messages. */
export const sizesAllowed = 'bytes, or a number with kB, MB, GB, TB, KiB, MiB, GiB, TiB'

/** `1000`, `64 KiB`, `1.5GB`: whole bytes; undefined for anything else. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/.exec(text.trim().toLowerCase()) ?? []
  if (number === undefined || !Object.hasOwn(units, unit!)) return undefined
  const bytes = Math.round(Number(number) * units[unit!]!)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
