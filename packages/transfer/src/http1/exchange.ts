import type { ResponseHeaders } from '../protocol/response-headers.js'

/** Most bytes of a body that TLS delivers after a pause: those of one read of the socket, and of the record that it completes. */
export const READ_BYTES = 80 * 1024

/** A request to send. The caller declares the length of a body in `headers`, and gives exactly as many bytes. */
export interface Http1Request {
  method: string
  /** Path and query as they are to be sent. */
  target: string
  /** Flat list of names and values; each character is a byte. `host` and `connection` are added. */
  headers: readonly string[]
  body: Uint8Array | StreamedBody | null
  /** Bytes before those of `body`, in the same memory, that may be overwritten: the head then stands there, and all is one write. */
  headroomBytes?: number
}

/** A body that comes bit by bit. */
export interface StreamedBody {
  /** The request has a connection, which takes bytes from now on. */
  start(writer: BodyWriter): void
  /** All that the writer was given has left. */
  written(): void
  /** The writer takes nothing more: the answer is here, or the connection is gone. */
  stop(): void
}

export interface BodyWriter {
  /** True if the bytes have left, and their buffer is free again; else {@link StreamedBody.written} says so. */
  write(chunk: Uint8Array): boolean
  /** That was all. */
  end(): void
}

/** Hears what becomes of a request: first its start, and last its end or an error. */
export interface ExchangeHandler {
  /** A connection is about to send the request. */
  onRequestStart(control: ExchangeControl): void
  /** Status and headers of the answer; answers that only inform (1xx) are skipped. */
  onResponseStart(control: ExchangeControl, status: number, headers: ResponseHeaders): void
  /** **The chunk is valid only within the call**: it is in a buffer that all connections share. */
  onResponseData(control: ExchangeControl, chunk: Buffer): void
  onResponseEnd(): void
  /** Also after {@link ExchangeControl.abort}. */
  onResponseError(error: Error): void
}

/** What a handler can do to its request. After the end of that nothing happens. */
export interface ExchangeControl {
  abort(error: Error): void
  /** Stops reading until {@link resume}. What the last read brought still arrives: up to {@link READ_BYTES} over TLS. */
  pause(): void
  resume(): void
}
