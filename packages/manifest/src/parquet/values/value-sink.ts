/** Receives the values of a text column, in row order. */
export interface TextSink {
  /** A value: bytes of a page, only valid during the call. `ascii`: surely nothing but ASCII. */
  take(bytes: Buffer, start: number, end: number, ascii: boolean): void
  /** So many rows without a value. */
  missing(count: number): void
}

/** Receives the values of an integer column, in row order. */
export interface IntegerSink {
  take(value: number): void
  missing(count: number): void
}

/** Gives the values of one page to a sink, a few at a time. Throws `Damage` when there are fewer than asked for. */
export interface ValueDecoder<Sink> {
  read(count: number, sink: Sink): void
}
