/** HTTP requests, by side. */
export interface Requests {
  readonly source: number
  readonly destination: number
}

export function addRequests(a: Requests, b: Requests): Requests {
  return { source: a.source + b.source, destination: a.destination + b.destination }
}
