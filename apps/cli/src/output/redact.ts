import { isSecret } from '../options/variables.js'

const shortest = 6

/**
 * A last line of defence: takes the values of secret variables out of anything that is printed for people, should a store or
 * a library have put one into a message. Values under six characters are left alone, they would tear up ordinary words.
 */
export function createRedactor(
  ...sources: readonly Readonly<Record<string, string | undefined>>[]
): (text: string) => string {
  const secrets = sources
    .flatMap((variables) => Object.entries(variables))
    .filter(
      ([name, value]) =>
        (isSecret(name) || name === 'AWS_SESSION_TOKEN') && (value?.trim().length ?? 0) >= shortest,
    )
    .map(([, value]) => value!.trim())
    .sort((a, b) => b.length - a.length)
  if (secrets.length === 0) return (text) => text
  return (text) => secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text)
}
