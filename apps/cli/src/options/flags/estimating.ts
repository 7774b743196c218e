import type { Flag } from './flag.js'

const price = { kind: 'number', minimum: 0, maximum: 1000, commandLineOnly: true } as const

/** What `plan` reckons with. */
export const estimateFlags = {
  'price-get-1000': { ...price, describe: 'Price of 1,000 GET requests at the source' },
  'price-put-1000': { ...price, describe: 'Price of 1,000 PUT requests at the destination' },
  'price-egress-gb': { ...price, describe: 'Price of each GB that leaves the source' },
} as const satisfies Record<string, Flag>
