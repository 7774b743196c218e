/** This many keys under a prefix. */
export const keys = (count: number, prefix = 'data/'): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`)

/** A body for each key. */
export const bodies = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((key) => [key, `body of ${key}`]))

/** The rows of a manifest that names them. */
export const rows = (names: readonly (string | null)[]): { key: string | null }[] =>
  names.map((key) => ({ key }))
