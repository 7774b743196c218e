/** Whether `a` precedes `b` in listing order: that of their UTF-8, in which surrogates don't come first. */
export function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
}
