/** The value of a flag written as text, in the notations of databases and CSV writers; `null` for anything else. */
export function flagOf(text: string): boolean | null {
  const plain = text.trim().toLowerCase()
  if (plain === 'true' || plain === 't' || plain === '1' || plain === 'yes' || plain === 'y') return true
  if (plain === 'false' || plain === 'f' || plain === '0' || plain === 'no' || plain === 'n') return false
  return null
}
