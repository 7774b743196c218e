const shortest = 6

/**
 * A last line of defence: removes secrets from everything that is printed for people, in case a store or a library put one into a
 * message. Secrets under six characters are ignored, because they would break up ordinary words.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length)
  if (known.length === 0) return (text) => text
  return (text) => known.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text)
}
