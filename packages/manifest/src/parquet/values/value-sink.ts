/** Receives the values of a text column, in row order. */
export interface TextSink {
  /** A value: bytes of a page, only valid during the call. `ascii`: certainly only ASCII. */
  take(bytes: Buffer, start: number, end: number, ascii: boolean): void
  /** That many rows without a value. */
  missing(count: number): void
}

/** Receives the values of an integer column, in row order. */
export interface IntegerSink {
  take(value: number): void
  missing(count: number): void
}

/** Passes the values of one page to a sink, a few at a time. Throws `Damage` if there are fewer than requested. */
export interface ValueDecoder<Sink> {
  read(count: number, sink: Sink): void
}
