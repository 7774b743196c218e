/**
 * Thrown by the decoders, which know neither the manifest nor the column. The reader around them turns it into a
 * `ManifestError` that names both.
 */
export class Damage extends Error {
  override readonly name = 'Damage'
  /** Which of the reader's codes it becomes. */
  readonly kind: DamageKind

  constructor(kind: DamageKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}

/** `corrupt`: the bytes contradict the format. `too-large`: over the budget. The others: not supported. */
export type DamageKind = 'corrupt' | 'rows-missing' | 'too-large' | 'codec' | 'encoding' | 'encrypted'

/** The bytes contradict the format. */
export function corrupt(message: string, cause?: unknown): Damage {
  return new Damage('corrupt', message, cause)
}
