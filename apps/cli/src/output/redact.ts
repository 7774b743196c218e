const shortest = 6

/**
 * A last line of defence: takes secrets out of anything that is printed for people, should a store or a library have put one into
 * a message. Those under six characters are left alone, they would tear up ordinary words.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length)
  if (known.length === 0) return (text) => text
  return (text) => known.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text)
}
