/** `null`: the row does not say; `unclear`: it does, in a way that is not understood. */
export type Flag = boolean | null | 'unclear'

const YES = new Set(['true', 't', '1', '1.0', 'yes', 'y', 'on'])
const NO = new Set(['false', 'f', '0', '0.0', 'no', 'n', 'off'])
const UNKNOWN = new Set(['', 'null', 'none', 'nan', 'na', '\\n'])

/** The value of a flag written as text, in the notations of databases and CSV writers. */
export function flagOf(text: string): Flag {
  // What nearly every row says.
  if (text === 'true') return true
  if (text === 'false') return false
  const plain = text.trim().toLowerCase()
  if (YES.has(plain)) return true
  if (NO.has(plain)) return false
  return UNKNOWN.has(plain) ? null : 'unclear'
}
