const units = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
} as const

const unitNames = Object.keys(units) as (keyof typeof units)[]

/** What {@link bytesOf} takes, for messages. */
export const sizesAllowed = 'bytes, or a number with kB, MB, GB, TB, KiB, MiB, GiB, TiB'

/** The form of what {@link bytesOf} takes, and of that much a second, without flags, as a JSON Schema wants it. */
export const sizePattern = /^\d+(?:\.\d+)? ?(?:(?:[KkMmGgTt][Ii]?)?[Bb])?(?:\/s)?(?:\/\d+)?$/

/** `1000`, `64 KiB`, `1.5GB`, in any case: whole bytes; undefined for anything else. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit] = split(text)
  const name = unitNames.find((candidate) => candidate.toLowerCase() === unit)
  return name === undefined ? undefined : Math.round(Number(number) * units[name])
}

/** The shortest text for exactly this many bytes: `5MiB`, `1TB`, `1500`. */
export function sizeText(bytes: number): string {
  const texts = unitNames
    .filter((unit) => unit !== 'B' && bytes >= units[unit] && bytes % units[unit] === 0)
    .map((unit) => `${bytes / units[unit]}${unit}`)
  return texts.sort((a, b) => a.length - b.length)[0] ?? String(bytes)
}

/** The allowed size next to one that is not: within the range, or with its unit completed; none where it was no size. */
export function nearestSize(
  given: string,
  { minimum, maximum }: { minimum: number; maximum: number },
): string | undefined {
  const bytes = bytesOf(given)
  if (bytes !== undefined) return sizeText(Math.min(Math.max(bytes, minimum), maximum))
  const [, number, unit = ''] = split(given)
  const meant = unitNames.find((name) => unit !== '' && name.toLowerCase().startsWith(unit))
  return meant === undefined ? undefined : nearestSize(`${number}${meant}`, { minimum, maximum })
}

function split(text: string): readonly (string | undefined)[] {
  return /^(\d+(?:\.\d+)?) ?([a-z]*)$/.exec(text.trim().toLowerCase()) ?? []
}
